using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Delivery;

public sealed class RetryDecisionTests
{
    private const double NoJitter = 0.5;

    private static readonly TimeSpan[] Schedule = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)];

    [Fact]
    public void What_has_arrived_is_finished()
    {
        Assert.Equal(
            new DeliveryState(DeliveryStatus.Delivered, null, 1, null, "row-1"),
            Decide(new DeliveryOutcome.Delivered(204, "row-1", "a note"), failures: 1));
    }

    [Fact]
    public void What_is_refused_is_a_dead_letter_at_once_with_the_remote_systems_words()
    {
        Assert.Equal(new DeliveryState(DeliveryStatus.DeadLetter, null, 1, "no such column", null), Decide(new DeliveryOutcome.Reject(400, "no such column"), failures: 0));
    }

    [Fact]
    public void A_failure_waits_for_its_place_in_the_schedule()
    {
        Assert.Equal(new DeliveryState(DeliveryStatus.Pending, Posted.At + Schedule[0], 1, "busy", null), Decide(Failure(), failures: 0));
        Assert.Equal(new DeliveryState(DeliveryStatus.Pending, Posted.At + Schedule[1], 2, "busy", null), Decide(Failure(), failures: 1));
    }

    [Fact]
    public void After_the_schedules_end_it_is_a_dead_letter_that_says_how_often_it_was_tried()
    {
        var state = Decide(Failure(), failures: 2);

        Assert.Equal((DeliveryStatus.DeadLetter, null, 3), (state.Status, state.DueAt, state.Failures));
        Assert.Equal("Given up after 3 attempts. The last one: busy", state.LastError);
    }

    [Fact]
    public void A_schedule_of_n_waits_means_n_plus_one_attempts()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), waits =>
        {
            var schedule = Enumerable.Repeat(TimeSpan.FromSeconds(1), waits).ToArray();
            var (attempts, state) = (0, new DeliveryState(DeliveryStatus.Pending, null, 0, null, null));
            while (state.Status == DeliveryStatus.Pending)
            {
                state = RetryDecision.After(Failure(), state.Failures, schedule, Posted.At, NoJitter);
                attempts++;
            }

            Assert.Equal((waits + 1, DeliveryStatus.DeadLetter), (attempts, state.Status));
        }));
    }

    [Fact]
    public void A_wait_is_within_a_fifth_of_the_scheduled_one()
    {
        var cases = from chance in Gen.Choose(0, 999_999) from seconds in Gen.Choose(0, 100_000) select (chance / 1_000_000.0, TimeSpan.FromSeconds(seconds));
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(cases.ToArbitrary(), given =>
        {
            var (chance, scheduled) = given;

            var wait = RetryDecision.After(Failure(), 0, [scheduled], Posted.At, chance).DueAt - Posted.At;

            Assert.InRange(wait!.Value, scheduled * 0.8, scheduled * 1.2);
        }));
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(60, 60)]
    [InlineData(3600, 3600)]
    [InlineData(86_400, 86_400)]
    [InlineData(86_401, 86_400)]
    [InlineData(int.MaxValue, 86_400)]
    public void The_wait_that_was_asked_for_is_a_floor_of_a_day_at_most(int asked, int expected)
    {
        var state = Decide(Failure(TimeSpan.FromSeconds(asked)), failures: 1);

        Assert.Equal(Posted.At + TimeSpan.FromSeconds(expected), state.DueAt);
    }

    [Fact]
    public void A_scheduled_wait_of_more_than_a_day_is_kept()
    {
        var state = RetryDecision.After(Failure(TimeSpan.FromDays(9)), 0, [TimeSpan.FromDays(3)], Posted.At, NoJitter);

        Assert.Equal(Posted.At + TimeSpan.FromDays(3), state.DueAt);
    }

    private static DeliveryOutcome.Retry Failure(TimeSpan? asked = null) => new(503, "busy", asked);

    private static DeliveryState Decide(DeliveryOutcome outcome, int failures) => RetryDecision.After(outcome, failures, Schedule, Posted.At, NoJitter);
}
