using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>
/// Leaves a destination alone that keeps failing: a circuit breaker. After a few failures in a row nothing is sent for a moment, then
/// one delivery is tried, and only when the destination answers again do the others follow. Waiting here costs a delivery none of
/// its attempts, so a long outage uses up those of few leads.
/// </summary>
internal sealed class DestinationPause(TimeSpan longestScheduledWait)
{
    public const int FailuresInARow = 5;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // Never longer than a minute, and never so long that it would hold up the schedule.
    private readonly TimeSpan _longest = TimeSpan.FromMinutes(1) < longestScheduledWait ? TimeSpan.FromMinutes(1) : longestScheduledWait;
    private int _failures;
    private int _pauses;
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    /// <summary>Nothing is sent before it.</summary>
    public DateTimeOffset Until
    {
        get
        {
            lock (_lock)
            {
                return _until;
            }
        }
    }

    /// <summary>It hasn't answered since the pause began: one delivery at a time.</summary>
    public bool IsProbing
    {
        get
        {
            lock (_lock)
            {
                return _pauses > 0;
            }
        }
    }

    /// <summary>Takes note of an outcome; true when that begins or ends a pause.</summary>
    public bool Note(DeliveryOutcome outcome, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (outcome is not DeliveryOutcome.Retry retry)
            {
                // Delivered or rejected: it answers.
                var wasPaused = _pauses > 0;
                (_failures, _pauses, _until) = (0, 0, DateTimeOffset.MinValue);
                return wasPaused;
            }

            _failures++;
            if (now < _until || (_failures < FailuresInARow && retry.NotBefore is null))
            {
                // Paused already (this one was under way), or not enough yet.
                return false;
            }

            _until = now + Length(retry.NotBefore);
            _pauses++;
            return true;
        }
    }

    private TimeSpan Length(TimeSpan? asked)
    {
        var wait = Shortest * Math.Pow(2, Math.Min(_pauses, 10));
        wait = asked > wait ? asked.Value : wait;
        return wait < _longest ? wait : _longest;
    }
}
