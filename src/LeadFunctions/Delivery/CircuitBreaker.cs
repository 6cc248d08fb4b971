using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>
/// A circuit breaker: leaves a destination alone that keeps failing. After a few failures in a row, or one that asked for a wait, nothing
/// is sent for a moment. Then one delivery is tried, and the others follow when it arrives or is rejected. Waiting here costs a delivery
/// none of its attempts, so that a long outage costs attempts of a few leads alone.
/// </summary>
/// <remarks>
/// A request that had no response may have arrived, so its delivery is tried first. If the row turns out to be there, the destination isn't
/// down but loses responses, and for a minute more of those in a row are tolerated.
/// </remarks>
internal sealed class CircuitBreaker(TimeSpan longestScheduledWait)
{
    public const int FailuresInARow = 5;

    /// <summary>Requests without an answer in a row, where it is known that such requests arrive.</summary>
    public const int UnansweredInARow = 32;

    private const int MostRemembered = 64;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Evidence = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    // When each lead that went unanswered is due again.
    private readonly Dictionary<LeadId, DateTimeOffset> _unanswered = [];

    // Never longer than a minute, and never so long that it would hold up the schedule.
    private readonly TimeSpan _longest = TimeSpan.FromMinutes(1) < longestScheduledWait ? TimeSpan.FromMinutes(1) : longestScheduledWait;
    private int _failures;
    private int _pauses;
    private DateTimeOffset _until = DateTimeOffset.MinValue;
    private DateTimeOffset _takesUntil = DateTimeOffset.MinValue;

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

    /// <summary>How much of the pause is left. A clock that was set back makes it no longer than the longest.</summary>
    public TimeSpan Left(DateTimeOffset now)
    {
        lock (_lock)
        {
            _until = _until - now > _longest ? now + _longest : _until;
            return _until - now;
        }
    }

    /// <summary>The lead to try whether the pause is over with: one that went unanswered before, and is due again. Null: any.</summary>
    public LeadId? TriedBefore(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _unanswered.Where(lead => lead.Value <= now)
                .OrderBy(lead => lead.Value)
                .Select(lead => lead.Key)
                .Cast<LeadId?>()
                .FirstOrDefault();
        }
    }

    /// <summary>It is no longer waiting to be tried.</summary>
    public void Forget(LeadId lead)
    {
        lock (_lock)
        {
            _unanswered.Remove(lead);
        }
    }

    /// <summary>Takes note of an outcome; true when that begins or ends a pause.</summary>
    /// <param name="dueAgain">When the delivery is tried again.</param>
    public bool Note(DeliveryOutcome outcome, DateTimeOffset now, LeadId lead, DateTimeOffset? dueAgain)
    {
        lock (_lock)
        {
            if (_unanswered.Remove(lead))
            {
                _takesUntil = outcome is DeliveryOutcome.Delivered ? now + Evidence : DateTimeOffset.MinValue;
            }

            if (outcome is DeliveryOutcome.Retry { Unanswered: true } && dueAgain is { } due && _unanswered.Count < MostRemembered)
            {
                _unanswered[lead] = due;
            }

            return Count(outcome, now);
        }
    }

    private bool Count(DeliveryOutcome outcome, DateTimeOffset now)
    {
        if (outcome is not DeliveryOutcome.Retry retry)
        {
            // Delivered or rejected: it answers.
            var wasPaused = _pauses > 0;
            (_failures, _pauses, _until) = (0, 0, DateTimeOffset.MinValue);
            return wasPaused;
        }

        _failures++;
        var most = retry.Unanswered && now < _takesUntil ? UnansweredInARow : FailuresInARow;
        if (now < _until || (_failures < most && retry.NotBefore is null))
        {
            // Paused already (this one was under way), or not enough yet.
            return false;
        }

        _until = now + Length(retry.NotBefore);
        _pauses++;
        return true;
    }

    private TimeSpan Length(TimeSpan? asked)
    {
        var wait = Shortest * Math.Pow(2, Math.Min(_pauses, 10));
        wait = asked > wait ? asked.Value : wait;
        return wait < _longest ? wait : _longest;
    }
}
