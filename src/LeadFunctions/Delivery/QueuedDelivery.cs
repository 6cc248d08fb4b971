using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;

namespace LeadFunctions.Delivery;

/// <summary>
/// Delivers what a message of the queue names, and what the sweep finds. Throws nothing: whatever happens to a lead, its deliveries are in the store,
/// and somebody rings again when they are due.
/// </summary>
internal sealed partial class QueuedDelivery
{
    /// <summary>A destination that has no slot free by then has its share of the instance: the message is put back.</summary>
    private static readonly TimeSpan WaitForSlot = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PutBackFor = TimeSpan.FromSeconds(2);

    /// <summary>What has been due for longer has lost its message.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(1);

    private const int LeadsInASweep = 500;
    private const int LeadsAtOnce = 32;

    private readonly IReadOnlyDictionary<string, Lane> _lanes;
    private readonly AzureLeadStore _store;
    private readonly DeliveryQueue _queue;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<QueuedDelivery> _logger;

    public QueuedDelivery(
        IReadOnlyList<ConfiguredDestination> destinations,
        DestinationServices services,
        AzureLeadStore store,
        DeliveryQueue queue,
        DeliveryOptions options,
        TimeProvider time,
        Random chance,
        ILogger<QueuedDelivery> logger)
    {
        (_store, _queue, _options, _time, _logger) = (store, queue, options, time, logger);
        var troubles = new DestinationTroubles(store, time);
        _lanes = destinations.ToDictionary(destination => destination.Name, LaneTo, StringComparer.Ordinal);

        Lane LaneTo(ConfiguredDestination destination)
        {
            var breaker = new CircuitBreaker(options.RetrySchedule.Max());
            var remote = new Lazy<IDestination>(() => destination.Make(services));
            return new Lane(destination.Name, new DeliveryAttempter(destination.Name, remote, breaker, store, troubles, options, time, chance, logger), breaker, new SemaphoreSlim(options.Concurrency), options.Concurrency);
        }
    }

    /// <param name="message">What <see cref="DeliveryQueue"/> has written.</param>
    public async Task DeliverAsync(string message, CancellationToken stop)
    {
        var leads = DeliveryQueue.Read(message);
        if (leads.Count == 0)
        {
            Log.NoMessage(_logger);
        }

        await Task.WhenAll(leads.Distinct().Select(lead => DeliverAsync(lead, stop)));
    }

    /// <summary>Delivers what has been due for more than a minute, whatever became of its message, until nothing of it is left that can be tried now.</summary>
    public async Task SweepAsync(CancellationToken stop)
    {
        for (var taken = 1; taken > 0 && !stop.IsCancellationRequested;)
        {
            taken = 0;
            var now = _time.GetUtcNow();
            var open = _lanes.Values.Where(lane => lane.Breaker.Until <= now).Select(lane => lane.Name).ToArray();
            var leads = await _store.FindOverdueAsync(open, now - Overdue, LeadsInASweep);
            await Parallel.ForEachAsync(leads, new ParallelOptions { MaxDegreeOfParallelism = LeadsAtOnce, CancellationToken = stop }, async (lead, _) => Interlocked.Add(ref taken, await DeliverAsync(lead, stop)));
        }
    }

    /// <summary>How many deliveries were tried.</summary>
    private async Task<int> DeliverAsync(LeadId lead, CancellationToken stop)
    {
        var free = _lanes.Values.Where(lane => lane.TryTake(_time.GetUtcNow())).ToList();
        try
        {
            var (claim, sends) = await ClaimAsync(lead, free, stop);
            var late = claim.StillDue.Where(_lanes.ContainsKey).Select(name => DeliverLateAsync(lead, _lanes[name], stop)).ToArray();
            await Task.WhenAll(sends, Task.WhenAll(late));
            var again = late.Select(one => one.Result.Again).Append(claim.Again).Where(at => at is not null).DefaultIfEmpty().Min();
            if (again is not null)
            {
                await _queue.RingAsync(lead, again);
            }

            return claim.Deliveries.Count + late.Sum(one => one.Result.Tried);
        }
        catch (StoreUnavailableException exception)
        {
            Log.NotClaimed(_logger, lead, exception.Message);
            await _queue.RingAsync(lead, _time.GetUtcNow() + PutBackFor);
            return 0;
        }
        finally
        {
            free.ForEach(lane => lane.Release());
        }
    }

    /// <summary>To a destination whose slots were all taken, or that is left alone for a moment.</summary>
    private async Task<(int Tried, DateTimeOffset? Again)> DeliverLateAsync(LeadId lead, Lane lane, CancellationToken stop)
    {
        if (lane.Breaker.Until is var until && until > _time.GetUtcNow())
        {
            return (0, until);
        }

        if (!await lane.TryTakeAsync(WaitForSlot, _time, stop))
        {
            return (0, _time.GetUtcNow() + PutBackFor);
        }

        var free = new List<Lane> { lane };
        try
        {
            var (claim, sends) = await ClaimAsync(lead, free, stop);
            await sends;
            return (claim.Deliveries.Count, claim.Again);
        }
        finally
        {
            free.ForEach(still => still.Release());
        }
    }

    /// <summary>Takes what is due there, and begins to send it. From then on none of the slots is the caller's to give back.</summary>
    private async Task<(Claim Claim, Task Sends)> ClaimAsync(LeadId lead, List<Lane> free, CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        var leaseEnd = now + _options.LeaseDuration;
        var claim = await _store.ClaimLeadAsync(lead, [.. free.Select(lane => lane.Name)], now, leaseEnd);
        foreach (var givenUp in claim.GivenUp)
        {
            Log.Interrupted(_logger, givenUp);
        }

        var taken = claim.Deliveries.Select(delivery => (Delivery: delivery, Lane: _lanes[delivery.Destination])).ToArray();
        // Slots that are used are given back when their delivery is recorded; the others at once.
        free.Where(lane => !taken.Any(one => one.Lane == lane)).ToList().ForEach(lane => lane.Release());
        free.Clear();
        return (claim, taken.Length == 0 ? Task.CompletedTask : SendAllAsync());

        async Task SendAllAsync()
        {
            // If the program ends meanwhile, this brings the deliveries back as soon as they are due again.
            var alarm = await _queue.RingAsync(lead, leaseEnd);
            await Task.WhenAll(taken.Select(async one =>
            {
                try
                {
                    await one.Lane.Attempter.DeliverAsync(one.Delivery, leaseEnd, stop);
                }
                finally
                {
                    one.Lane.Release();
                }
            }));
            if (!taken.Any(one => one.Lane.Attempter.HasUnrecorded))
            {
                await alarm.TakeBackAsync();
            }
        }
    }

    /// <summary>A destination with its share of the instance.</summary>
    private sealed record Lane(string Name, DeliveryAttempter Attempter, CircuitBreaker Breaker, SemaphoreSlim Slots, int Share)
    {
        public bool TryTake(DateTimeOffset now) => Breaker.Until <= now && !Attempter.HasUnrecorded && !IsProbed && Slots.Wait(0);

        public async Task<bool> TryTakeAsync(TimeSpan most, TimeProvider time, CancellationToken stop)
        {
            using var timeout = new CancellationTokenSource(most, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
            try
            {
                await Slots.WaitAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            if (!Attempter.HasUnrecorded && !(Breaker.IsProbing && Slots.CurrentCount < Share - 1))
            {
                return true;
            }

            Slots.Release();
            return false;
        }

        public void Release() => Slots.Release();

        // It hasn't answered since its pause began, and one delivery tries it already.
        private bool IsProbed => Breaker.IsProbing && Slots.CurrentCount < Share;
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "A message of the queue is not ours; it is ignored.")]
        public static partial void NoMessage(ILogger logger);

        [LoggerMessage(2102, LogLevel.Error, "What is due of {LeadId} could not be claimed; trying again. {Reason}")]
        public static partial void NotClaimed(ILogger logger, LeadId leadId, string reason);

        [LoggerMessage(2103, LogLevel.Error, "A delivery of {LeadId} was interrupted too often and is a dead letter.")]
        public static partial void Interrupted(ILogger logger, LeadId leadId);
    }
}
