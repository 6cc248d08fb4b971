using LeadFunctions.Delivery;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Delivery;

public sealed class DestinationPauseTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryOutcome.Retry Failure = new(503, "down");
    private static readonly DeliveryOutcome.Delivered Success = new(204);

    private readonly DestinationPause _pause = new(TimeSpan.FromHours(24));

    [Fact]
    public void A_few_failures_do_not_pause()
    {
        Fail(DestinationPause.FailuresInARow - 1);

        Assert.False(_pause.IsProbing);
        Assert.True(_pause.Until <= Now);
    }

    [Fact]
    public void Failures_in_a_row_pause_and_one_delivery_at_a_time_tries_whether_it_is_over()
    {
        Fail(DestinationPause.FailuresInARow);

        Assert.True(_pause.IsProbing);
        Assert.Equal(Now.AddSeconds(1), _pause.Until);
    }

    [Fact]
    public void A_success_between_failures_begins_the_count_anew()
    {
        Fail(DestinationPause.FailuresInARow - 1);
        _pause.Note(Success, Now);
        Fail(DestinationPause.FailuresInARow - 1);

        Assert.False(_pause.IsProbing);
    }

    [Fact]
    public void A_refusal_is_an_answer()
    {
        Fail(DestinationPause.FailuresInARow);

        Assert.True(_pause.Note(new DeliveryOutcome.Reject(400, "no"), Now.AddSeconds(1)));
        Assert.False(_pause.IsProbing);
    }

    [Fact]
    public void Failures_that_were_under_way_when_the_pause_began_do_not_lengthen_it()
    {
        Fail(DestinationPause.FailuresInARow);
        Fail(20);

        Assert.Equal(Now.AddSeconds(1), _pause.Until);
    }

    [Fact]
    public void Each_failed_try_doubles_the_pause_up_to_a_minute()
    {
        Fail(DestinationPause.FailuresInARow);
        var lengths = new List<double>();
        for (var tries = 0; tries < 8; tries++)
        {
            var at = _pause.Until;
            _pause.Note(Failure, at);
            lengths.Add((_pause.Until - at).TotalSeconds);
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], lengths);
    }

    [Fact]
    public void A_wait_that_the_destination_asks_for_is_kept_for_all_deliveries_up_to_a_minute()
    {
        _pause.Note(new DeliveryOutcome.Retry(429, "slow down", TimeSpan.FromSeconds(20)), Now);
        Assert.Equal(Now.AddSeconds(20), _pause.Until);

        _pause.Note(new DeliveryOutcome.Retry(429, "slow down", TimeSpan.FromHours(20)), Now.AddSeconds(20));
        Assert.Equal(Now.AddSeconds(80), _pause.Until);
    }

    [Fact]
    public void A_pause_is_never_longer_than_the_schedules_longest_wait()
    {
        var pause = new DestinationPause(TimeSpan.FromMilliseconds(200));
        for (var failure = 0; failure < DestinationPause.FailuresInARow; failure++)
        {
            pause.Note(Failure, Now);
        }

        Assert.Equal(Now.AddMilliseconds(200), pause.Until);
    }

    private void Fail(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _pause.Note(Failure, Now);
        }
    }
}
