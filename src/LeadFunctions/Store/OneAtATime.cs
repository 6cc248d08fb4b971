namespace LeadFunctions.Store;

/// <summary>
/// Lets what was interrupted (<see cref="Interruption"/>) be sent with nothing else under way in this program: if it ends the program
/// again, it hits nothing beside itself. Others wait for it, but not for longer than a moment when something hangs.
/// </summary>
internal sealed class OneAtATime
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Lead, string Destination), DateTimeOffset> _underWay = [];
    private ((long Lead, string Destination) Delivery, DateTimeOffset Until)? _alone;
    private DateTimeOffset? _wantedSince;

    /// <summary>False: it has to wait for a moment.</summary>
    public bool TryBegin(long lead, string destination, bool interrupted, DateTimeOffset now, DateTimeOffset leaseEnd)
    {
        lock (_lock)
        {
            Forget(now);
            if (_alone is not null)
            {
                return false;
            }

            var waited = _wantedSince is { } since && now - since >= Interruption.AloneAfterStart;
            if (!interrupted)
            {
                if (_wantedSince is not null && !waited)
                {
                    return false;
                }

                _underWay[(lead, destination)] = leaseEnd;
                return true;
            }

            if (_underWay.Count > 0 && !waited)
            {
                _wantedSince ??= now;
                return false;
            }

            _wantedSince = null;
            _alone = ((lead, destination), leaseEnd);
            return true;
        }
    }

    /// <summary>It was recorded, or not begun after all.</summary>
    public void End(long lead, string destination)
    {
        lock (_lock)
        {
            _underWay.Remove((lead, destination));
            _alone = _alone is { } alone && alone.Delivery == (lead, destination) ? null : _alone;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var delivery in _underWay.Where(delivery => delivery.Value <= now).Select(delivery => delivery.Key).ToArray())
        {
            _underWay.Remove(delivery);
        }

        _alone = _alone is { } alone && alone.Until <= now ? null : _alone;
        // Somebody else has taken what this program waited to send.
        _wantedSince = _wantedSince is { } since && now - since >= 2 * Interruption.AloneAfterStart ? null : _wantedSince;
    }
}
