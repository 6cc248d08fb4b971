using LeadFunctions.Delivery;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Delivery;

public sealed class CircuitBreakerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryOutcome.Retry Failure = new(503, "down");
    private static readonly DeliveryOutcome.Retry Unanswered = new(null, "lost", Unanswered: true);
    private static readonly DeliveryOutcome.Delivered Success = new(204);

    private readonly CircuitBreaker _pause = new(TimeSpan.FromHours(24));

    [Fact]
    public void A_few_failures_do_not_pause()
    {
        Fail(CircuitBreaker.FailuresInARow - 1);

        Assert.False(_pause.IsProbing);
        Assert.True(_pause.Until <= Now);
    }

    [Fact]
    public void Failures_in_a_row_pause_and_one_delivery_at_a_time_tries_whether_it_is_over()
    {
        Fail(CircuitBreaker.FailuresInARow);

        Assert.True(_pause.IsProbing);
        Assert.Equal(Now.AddSeconds(1), _pause.Until);
    }

    [Fact]
    public void A_success_between_failures_begins_the_count_anew()
    {
        Fail(CircuitBreaker.FailuresInARow - 1);
        Note(Success, Now);
        Fail(CircuitBreaker.FailuresInARow - 1);

        Assert.False(_pause.IsProbing);
    }

    [Fact]
    public void A_refusal_is_an_answer()
    {
        Fail(CircuitBreaker.FailuresInARow);

        Assert.True(Note(new DeliveryOutcome.Reject(400, "no"), Now.AddSeconds(1)));
        Assert.False(_pause.IsProbing);
    }

    [Fact]
    public void Failures_that_were_under_way_when_the_pause_began_do_not_lengthen_it()
    {
        Fail(CircuitBreaker.FailuresInARow);
        Fail(20);

        Assert.Equal(Now.AddSeconds(1), _pause.Until);
    }

    [Fact]
    public void Each_failed_try_doubles_the_pause_up_to_a_minute()
    {
        Fail(CircuitBreaker.FailuresInARow);
        var lengths = new List<double>();
        for (var tries = 0; tries < 8; tries++)
        {
            var at = _pause.Until;
            Note(Failure, at);
            lengths.Add((_pause.Until - at).TotalSeconds);
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], lengths);
    }

    [Fact]
    public void A_wait_that_the_destination_asks_for_is_kept_for_all_deliveries_up_to_a_minute()
    {
        Note(new DeliveryOutcome.Retry(429, "slow down", TimeSpan.FromSeconds(20)), Now);
        Assert.Equal(Now.AddSeconds(20), _pause.Until);

        Note(new DeliveryOutcome.Retry(429, "slow down", TimeSpan.FromHours(20)), Now.AddSeconds(20));
        Assert.Equal(Now.AddSeconds(80), _pause.Until);
    }

    [Fact]
    public void A_pause_is_never_longer_than_the_schedules_longest_wait()
    {
        var breaker = new CircuitBreaker(TimeSpan.FromMilliseconds(200));
        for (var failure = 0; failure < CircuitBreaker.FailuresInARow; failure++)
        {
            breaker.Note(Failure, Now, LeadId.New(Now), Now);
        }

        Assert.Equal(Now.AddMilliseconds(200), breaker.Until);
    }

    [Fact]
    public void What_went_unanswered_is_tried_first_when_it_is_due_again()
    {
        LeadId[] leads = [.. Enumerable.Range(0, CircuitBreaker.FailuresInARow).Select(number => LeadId.New(Now.AddMinutes(number)))];
        for (var number = 0; number < leads.Length; number++)
        {
            _pause.Note(Unanswered, Now, leads[number], Now.AddSeconds(9 - number));
        }

        Assert.Null(_pause.TriedBefore(Now.AddSeconds(1)));
        Assert.Equal(leads[^1], _pause.TriedBefore(Now.AddSeconds(9)));
        _pause.Forget(leads[^1]);
        Assert.Equal(leads[^2], _pause.TriedBefore(Now.AddSeconds(9)));
    }

    [Fact]
    public void What_was_answered_with_a_failure_is_not_tried_before_others()
    {
        Fail(CircuitBreaker.FailuresInARow);

        Assert.Null(_pause.TriedBefore(Now.AddDays(1)));
    }

    [Fact]
    public void A_destination_that_takes_what_it_is_sent_is_not_down()
    {
        var lead = LeadId.New(Now);
        _pause.Note(Unanswered, Now, lead, Now.AddSeconds(1));
        for (var failure = 1; failure < CircuitBreaker.FailuresInARow; failure++)
        {
            Note(Unanswered, Now);
        }

        Assert.True(_pause.Note(Success, Now.AddSeconds(1), lead, null));
        for (var failure = 1; failure < CircuitBreaker.UnansweredInARow; failure++)
        {
            Assert.False(Note(Unanswered, Now.AddSeconds(2)));
        }

        Assert.True(Note(Unanswered, Now.AddSeconds(2)));
        Assert.True(_pause.IsProbing);
    }

    [Theory]
    [InlineData(61, true)]
    [InlineData(2, false)]
    public void That_it_takes_them_is_believed_for_a_minute_and_of_lost_answers_alone(int seconds, bool unanswered)
    {
        var lead = LeadId.New(Now);
        _pause.Note(Unanswered, Now, lead, Now.AddSeconds(1));
        _pause.Note(Success, Now.AddSeconds(1), lead, null);

        for (var failure = 0; failure < CircuitBreaker.FailuresInARow; failure++)
        {
            Note(unanswered ? Unanswered : Failure, Now.AddSeconds(seconds));
        }

        Assert.True(_pause.IsProbing);
    }

    [Fact]
    public void That_it_takes_them_is_no_longer_believed_when_one_goes_unanswered_twice()
    {
        var (one, two) = (LeadId.New(Now), LeadId.New(Now));
        _pause.Note(Unanswered, Now, one, Now.AddSeconds(1));
        _pause.Note(Unanswered, Now, two, Now.AddSeconds(1));
        _pause.Note(Success, Now.AddSeconds(1), one, null);
        _pause.Note(Unanswered, Now.AddSeconds(1), two, Now.AddSeconds(2));

        for (var failure = 1; failure < CircuitBreaker.FailuresInARow; failure++)
        {
            Note(Unanswered, Now.AddSeconds(2));
        }

        Assert.True(_pause.IsProbing);
    }

    [Fact]
    public void A_clock_that_is_set_back_makes_no_pause_longer()
    {
        Fail(CircuitBreaker.FailuresInARow);

        Assert.Equal(TimeSpan.FromMinutes(1), _pause.Left(Now.AddHours(-5)));
        Assert.Equal(TimeSpan.Zero, _pause.Left(Now.AddHours(-5).AddMinutes(1)));
    }

    private bool Note(DeliveryOutcome outcome, DateTimeOffset now) => _pause.Note(outcome, now, LeadId.New(now), now.AddSeconds(5));

    private void Fail(int times)
    {
        for (var time = 0; time < times; time++)
        {
            Note(Failure, Now);
        }
    }
}
