using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>
/// One destination's bulkhead in an instance that messages wake (Azure Storage behind the Functions host): a limit of attempts at once, its
/// circuit breaker, and a time to come again for each lead that finds no slot free. A destination that is slow or down holds up neither the
/// instance nor another destination.
/// </summary>
internal sealed class DestinationLimiter(DeliveryAttempter attempter, int concurrency, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PostponeFor = TimeSpan.FromSeconds(2);

    /// <summary>Nothing is postponed for longer: by then the sweep looks, and the destination may be faster.</summary>
    private static readonly TimeSpan LongestPostponed = TimeSpan.FromMinutes(1);

    private readonly CircuitBreaker _breaker = attempter.Breaker;
    private readonly SemaphoreSlim _slots = new(concurrency);
    private readonly Lock _lock = new();

    // When each attempt began that is under way.
    private readonly List<long> _began = [];
    private TimeSpan _usual;
    private DateTimeOffset _lastRetry = DateTimeOffset.MinValue;

    public string Destination => attempter.Destination;

    public int Concurrency => concurrency;

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
    /// When a lead that found no slot free is to come again. Each comes later than the one before, by as long as a slot takes to come free,
    /// so that many that wait for a slow destination don't come all at once, again and again.
    /// </summary>
    public DateTimeOffset NextRetryTime()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var first = now + PostponeFor;
            // A destination that hangs has ended nothing yet; one of several attempts that does so says little.
            var soFar = _began.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(_began[_began.Count / 2]);
            var behind = _lastRetry + ((soFar > _usual ? soFar : _usual) / concurrency);
            _lastRetry = behind < first || behind > now + LongestPostponed ? first : behind;
            return _lastRetry;
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
        for (var slot = 0; slot < concurrency; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _slots.Dispose();

    // A destination that hasn't answered since its pause gets one delivery at a time.
    private bool MayKeep()
    {
        if (PausedUntil is null && !HasUnrecorded && !(_breaker.IsProbing && _slots.CurrentCount < concurrency - 1))
        {
            return true;
        }

        Release();
        return false;
    }
}
