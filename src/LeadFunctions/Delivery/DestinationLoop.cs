using System.Collections.Concurrent;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// Delivers what is due at one destination: claims, sends, records. It has its own slots and its own waits, so that a
/// destination that is down or slow delays nobody else.
/// </summary>
internal sealed partial class DestinationLoop(
    DeliveryAttempter attempter,
    IDeliveryStore store,
    DueSignal due,
    DeliveryOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// Whoever waits until nothing is left to do waits for a pause that is as short as this, and not for a longer one: that is time that
    /// somebody pays for.
    /// </summary>
    private static readonly TimeSpan WorthWaitingFor = TimeSpan.FromSeconds(5);

    /// <summary>Clocks are set by some seconds all the time.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    private readonly string _destination = attempter.Destination;
    private readonly CircuitBreaker _breaker = attempter.Breaker;
    private readonly TimeSpan _longestWait = RetryDecision.LongestWait(options.RetrySchedule) + ClockTolerance;
    private readonly SemaphoreSlim _slots = new(options.Concurrency);
    private readonly IdleWaiters _waiters = new();

    // Raised when a caller waits for the loop to be idle. Leads that come during a pause don't end it, and needn't wake the loop.
    private readonly DueSignal _asked = new();

    // By the store's key: what this loop has claimed and not recorded yet.
    private readonly ConcurrentDictionary<long, bool> _held = new();

    // The latest that the clock has said; only the loop uses it.
    private DateTimeOffset _latest = DateTimeOffset.MinValue;

    /// <summary>Works until told to stop; attempts under way then get until <paramref name="abandon"/>.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken abandon)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (_breaker.Left(time.GetUtcNow()) is var left && left > TimeSpan.Zero)
                {
                    var isIdle = left > WorthWaitingFor && _held.IsEmpty;
                    if (isIdle)
                    {
                        _waiters.Release(_waiters.Count);
                    }

                    await WaitAsync(isIdle ? _asked : due, _breaker.Until, stop);
                    continue;
                }

                var most = MostToClaim();
                if (most == 0)
                {
                    await due.WaitAsync(_destination, stop);
                    continue;
                }

                if (attempter.HasUnrecorded)
                {
                    // A claim could take again what has just been sent.
                    await PauseAsync(stop);
                    continue;
                }

                var waiters = _waiters.Count;
                var claim = await ClaimAsync(most, abandon);
                if (claim.Deliveries.Count == 0)
                {
                    if (_slots.CurrentCount == options.Concurrency && claim.Again is null)
                    {
                        _waiters.Release(waiters);
                    }

                    await WaitAsync(due, claim.NextDue, stop);
                }
            }
            catch (Exception exception)
                when (stop.IsCancellationRequested && exception is OperationCanceledException or StoreUnavailableException)
            {
                // A program that could not start closes the store beside a loop that has just begun.
                break;
            }
#pragma warning disable CA1031 // Whatever happens, the next delivery must be tried: this loop ends only with the program.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.ClaimFailed(logger, _destination, exception);
                await PauseAsync(stop);
            }
        }

        for (var slot = 0; slot < options.Concurrency; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Ends when nothing is under way, and nothing is due or the destination is left alone for a while.</summary>
    public async Task WhenIdleAsync(CancellationToken stop)
    {
        var idle = _waiters.AddAsync();
        _asked.Raise(_destination);
        due.Raise(_destination);
        await idle.WaitAsync(stop);
    }

    private async Task<Claim> ClaimAsync(int most, CancellationToken abandon)
    {
        var now = time.GetUtcNow();
        var leaseEnd = now + options.LeaseDuration;
        var claim = await ClaimTriedAsync(now, leaseEnd) ?? await ClaimDueAsync(most, now, leaseEnd);
        foreach (var (lead, _) in claim.GivenUp)
        {
            attempter.NoteGivenUp(lead);
        }

        foreach (var delivery in claim.Deliveries)
        {
            _held[delivery.Key] = true;
            await _slots.WaitAsync(CancellationToken.None);
            _ = DeliverAsync(delivery, leaseEnd, abandon);
        }

        return claim;
    }

    /// <summary>What the destination may have taken already; null where there is no such delivery, or no pause to end.</summary>
    private async Task<Claim?> ClaimTriedAsync(DateTimeOffset now, DateTimeOffset leaseEnd)
    {
        while (_breaker.IsProbing && _breaker.TriedBefore(now) is { } lead)
        {
            if (await store.ClaimAsync(_destination, 1, [.. _held.Keys], now, leaseEnd, lead) is { Deliveries.Count: > 0 } claim)
            {
                return claim;
            }

            // Discarded, erased, or another instance's by now.
            _breaker.Forget(lead);
        }

        return null;
    }

    /// <summary>
    /// What is due. Also deliveries that wait too long because the clock was set back after they were scheduled, by this program or one
    /// before it.
    /// </summary>
    private async Task<Claim> ClaimDueAsync(int most, DateTimeOffset now, DateTimeOffset leaseEnd)
    {
        var wasSetBack = _latest - now > ClockTolerance;
        var claim = await store.ClaimAsync(_destination, most, [.. _held.Keys], now, leaseEnd, due: wasSetBack ? _latest : null);
        if (claim.Deliveries.Count > 0)
        {
            _latest = wasSetBack ? _latest : now;
            return claim;
        }

        _latest = now;
        return claim.NextDue is { } next && next - now > _longestWait
            ? await store.ClaimAsync(_destination, most, [.. _held.Keys], now, leaseEnd, due: next)
            : claim;
    }

    /// <summary>A destination that hasn't answered since its pause gets one delivery at a time.</summary>
    private int MostToClaim() =>
        !_breaker.IsProbing ? _slots.CurrentCount
        : _slots.CurrentCount == options.Concurrency ? 1
        : 0;

    private async Task WaitAsync(DueSignal signal, DateTimeOffset? nextDue, CancellationToken stop)
    {
        var wait = nextDue is { } at ? at - time.GetUtcNow() : store.LooksAgainAfter;
        wait = wait > store.LooksAgainAfter ? store.LooksAgainAfter : wait;
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        await signal.WaitAsync(_destination, either.Token);
    }

    private async Task DeliverAsync(LeadDelivery delivery, DateTimeOffset leaseEnd, CancellationToken abandon)
    {
        await attempter.DeliverAsync(delivery, leaseEnd, abandon);
        _held.TryRemove(delivery.Key, out _);
        _slots.Release();
        due.Raise(_destination);
    }

    private async Task PauseAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(DeliveryAttempter.StorePause, time, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition ends it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2002, LogLevel.Error, "What is due at {Destination} could not be claimed; trying again.")]
        public static partial void ClaimFailed(ILogger logger, string destination, Exception exception);
    }
}

/// <summary>Those who wait until a loop has nothing to do. Only those who were waiting before it looked are told.</summary>
internal sealed class IdleWaiters
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _waiting = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    public Task AddAsync()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(waiter);
        }

        return waiter.Task;
    }

    /// <summary>Tells the first <paramref name="count"/>, in the order in which they came.</summary>
    public void Release(int count)
    {
        lock (_lock)
        {
            foreach (var waiter in _waiting.Take(count))
            {
                waiter.TrySetResult();
            }

            _waiting.RemoveRange(0, count);
        }
    }
}
