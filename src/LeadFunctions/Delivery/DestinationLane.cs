using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>
/// On Azure Storage behind the Functions host: one destination's share of an instance that messages wake. Its slots, its circuit breaker,
/// and places in time for those that find no slot free, so that a destination that is slow or down holds up neither the instance nor any
/// other.
/// </summary>
internal sealed class DestinationLane(DeliveryAttempter attempter, int share, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PutBackFor = TimeSpan.FromSeconds(2);

    /// <summary>Nobody is put back for longer: by then the sweep looks, and the destination may be faster.</summary>
    private static readonly TimeSpan LongestPutBack = TimeSpan.FromMinutes(1);

    private readonly CircuitBreaker _breaker = attempter.Breaker;
    private readonly SemaphoreSlim _slots = new(share);
    private readonly Lock _lock = new();

    // When each attempt began that is under way.
    private readonly List<long> _began = [];
    private TimeSpan _usual;
    private DateTimeOffset _lastPlace = DateTimeOffset.MinValue;

    public string Destination => attempter.Destination;

    public int Share => share;

    /// <summary>Results are waiting for the store.</summary>
    public bool HasUnrecorded => attempter.HasUnrecorded;

    /// <summary>Until when it is left alone; null: it isn't.</summary>
    public DateTimeOffset? PausedUntil => _breaker.Left(time.GetUtcNow()) > TimeSpan.Zero ? _breaker.Until : null;

    /// <summary>
    /// What has to be tried before this lead, because the destination may have taken it already (<see cref="CircuitBreaker"/>); null:
    /// nothing.
    /// </summary>
    public LeadId? TriedFirst(LeadId lead) =>
        _breaker.IsProbing && _breaker.TriedBefore(time.GetUtcNow()) is { } first && first != lead ? first : null;

    public void NoteGivenUp(LeadId lead) => attempter.NoteGivenUp(lead);

    /// <summary>It is not waiting to be tried any more.</summary>
    public void Forget(LeadId lead) => _breaker.Forget(lead);

    /// <summary>False: there is no slot free, or the lead's turn is not now.</summary>
    public bool TryTake(LeadId lead) => PausedUntil is null && !HasUnrecorded && TriedFirst(lead) is null && _slots.Wait(0) && MayKeep();

    /// <summary>False: no slot came free in time, or nothing more is to be sent now.</summary>
    public async Task<bool> TryTakeAsync(TimeSpan most, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            await _slots.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return MayKeep();
    }

    public void Release() => _slots.Release();

    /// <summary>
    /// When somebody who found no slot free is to come again. Each has a place behind the one before, as far apart as a slot takes to come
    /// free, so that many who wait for a slow destination don't come all at once, again and again.
    /// </summary>
    public DateTimeOffset NextPlace()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var first = now + PutBackFor;
            // A destination that hangs has ended nothing yet; one of several attempts that does so says little.
            var soFar = _began.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(_began[_began.Count / 2]);
            var behind = _lastPlace + ((soFar > _usual ? soFar : _usual) / share);
            _lastPlace = behind < first || behind > now + LongestPutBack ? first : behind;
            return _lastPlace;
        }
    }

    /// <summary>Makes the attempt, in a slot that was taken for it, and gives the slot back. Throws nothing.</summary>
    public async Task DeliverAsync(LeadDelivery delivery, DateTimeOffset leaseEnd, CancellationToken abandon)
    {
        var began = time.GetTimestamp();
        lock (_lock)
        {
            _began.Add(began);
        }

        try
        {
            await attempter.DeliverAsync(delivery, leaseEnd, abandon);
        }
        finally
        {
            lock (_lock)
            {
                _began.Remove(began);
                _usual += (time.GetElapsedTime(began) - _usual) / 8;
            }

            Release();
        }
    }

    /// <summary>Lets nothing more begin, and ends when nothing is under way.</summary>
    public async Task CloseAsync()
    {
        for (var slot = 0; slot < share; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _slots.Dispose();

    // A destination that hasn't answered since its pause gets one delivery at a time.
    private bool MayKeep()
    {
        if (PausedUntil is null && !HasUnrecorded && !(_breaker.IsProbing && _slots.CurrentCount < share - 1))
        {
            return true;
        }

        Release();
        return false;
    }
}
