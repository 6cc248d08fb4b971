using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;

namespace LeadFunctions.Delivery;

/// <summary>
/// On Azure Storage behind the Functions host: delivers what a message of the queue names, and for the sweep what has been due for more
/// than a minute, whatever became of its message. Throws nothing: whatever happens to a lead, its deliveries are in the store, which puts
/// a message into the queue again when they are due.
/// </summary>
internal sealed partial class QueueTriggeredDelivery : IOverdueDelivery, IHostedService, IDisposable
{
    /// <summary>A destination that has no slot free by then is busy enough: the lead is postponed, by a message for later.</summary>
    private static readonly TimeSpan WaitForSlot = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WaitForStore = TimeSpan.FromSeconds(2);

    /// <summary>What has been due for longer has lost its message.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(1);

    private const int LeadsInASweep = 500;

    private readonly IReadOnlyDictionary<string, DestinationLimiter> _limiters;
    private readonly AzureLeadStore _store;
    private readonly DeliveryQueueSender _queue;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueTriggeredDelivery> _logger;
    private readonly CancellationTokenSource _abandon = new();

    public QueueTriggeredDelivery(
        IReadOnlyList<ConfiguredDestination> destinations,
        DestinationServices services,
        AzureLeadStore store,
        DeliveryQueueSender queue,
        DestinationTroubles troubles,
        DeliveryOptions options,
        TimeProvider time,
        Random chance,
        ILogger<QueueTriggeredDelivery> logger)
    {
        (_store, _queue, _options, _time, _logger) = (store, queue, options, time, logger);
        _limiters = destinations
            .Select(destination => new DeliveryAttempter(destination, services, store, troubles, options, time, chance, logger))
            .ToDictionary(
                attempter => attempter.Destination,
                attempter => new DestinationLimiter(attempter, options.Concurrency, time),
                StringComparer.Ordinal);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins nothing more and lets attempts under way finish; those that don't in time come back by their lease.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var late = cancellationToken.Register(_abandon.Cancel);
        await Task.WhenAll(_limiters.Values.Select(limiter => limiter.CloseAsync()));
    }

    /// <param name="message">What <see cref="DeliveryQueueSender"/> has written.</param>
    /// <param name="abandon">
    /// The host waits no longer: an attempt under way is given up, and a new message brings its delivery back.
    /// </param>
    public async Task DeliverAsync(string message, CancellationToken abandon)
    {
        var leads = DeliveryQueueSender.Read(message);
        if (leads.Count == 0)
        {
            Log.NoMessage(_logger);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(abandon, _abandon.Token);
        await Task.WhenAll(leads.Distinct().Select(lead => DeliverAsync(lead, either.Token)));
    }

    /// <summary>
    /// Delivers what has been due for more than a minute, each destination for itself, until nothing of it is left that can be tried now.
    /// From <paramref name="stop"/> on it begins nothing more, and ends when what is under way has ended.
    /// </summary>
    public Task CatchUpAsync(CancellationToken stop) => Task.WhenAll(_limiters.Values.Select(limiter => SweepAsync(limiter, stop)));

    public void Dispose()
    {
        _abandon.Dispose();
        foreach (var limiter in _limiters.Values)
        {
            limiter.Dispose();
        }
    }

    private async Task SweepAsync(DestinationLimiter limiter, CancellationToken stop)
    {
        try
        {
            for (var tried = 1; tried > 0 && limiter.PausedUntil is null && !stop.IsCancellationRequested;)
            {
                tried = 0;
                var leads = await _store.FindOverdueAsync(limiter.Destination, _time.GetUtcNow() - Overdue, LeadsInASweep);
                await Parallel.ForEachAsync(leads, new ParallelOptions { MaxDegreeOfParallelism = limiter.Concurrency }, async (lead, _) =>
                {
                    if (!stop.IsCancellationRequested)
                    {
                        // What can't be tried now gets no message: the next sweep finds it, and messages would only become ever more.
                        Interlocked.Add(ref tried, (await DeliverAtAsync(lead, limiter, _abandon.Token)).Tried);
                    }
                });
            }
        }
#pragma warning disable CA1031 // An exception that leaves a function is in the host's log with its message; the next sweep tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var reason = exception is StoreUnavailableException ? exception.Message : exception.GetType().Name;
            Log.NotSwept(_logger, limiter.Destination, reason);
        }
    }

    private async Task DeliverAsync(LeadId lead, CancellationToken abandon)
    {
        try
        {
            var free = _limiters.Values.Where(limiter => limiter.TryTake(lead)).ToList();
            var (claim, sends) = await ClaimAsync(lead, free, abandon);
            var late = claim.StillDue.Where(_limiters.ContainsKey)
                .Select(async name => await EnqueueAsync(lead, (await DeliverAtAsync(lead, _limiters[name], abandon)).Again));
            await Task.WhenAll([EnqueueAsync(lead, claim.Again), sends, .. late]);
        }
        catch (StoreUnavailableException exception)
        {
            Log.NotClaimed(_logger, lead, exception.Message);
            await EnqueueAsync(lead, _time.GetUtcNow() + WaitForStore);
        }
#pragma warning disable CA1031 // An exception that leaves a function is in the host's log with its message; the sweep finds what is due.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(_logger, lead, exception.GetType().Name);
        }
    }

    /// <summary>
    /// To a destination whose slots were all taken, or that is paused. While its circuit is half-open, the lead that got no response
    /// is tried first, instead of this one.
    /// </summary>
    /// <returns>How many deliveries were tried, and when to look again; null: nothing has to wait.</returns>
    private async Task<(int Tried, DateTimeOffset? Again)> DeliverAtAsync(
        LeadId lead, DestinationLimiter limiter, CancellationToken abandon)
    {
        if (limiter.PausedUntil is { } until)
        {
            return (0, until);
        }

        if (!await limiter.TryTakeAsync(WaitForSlot, abandon))
        {
            return (0, limiter.PausedUntil ?? limiter.NextRetryTime());
        }

        var next = limiter.TriedFirst(lead) ?? lead;
        var (claim, sends) = await ClaimAsync(next, [limiter], abandon);
        if (next != lead)
        {
            if (claim.Deliveries.Count == 0)
            {
                // Discarded, erased, or another instance's by now.
                limiter.Forget(next);
                return await DeliverAtAsync(lead, limiter, abandon);
            }

            await Task.WhenAll(EnqueueAsync(lead, limiter.NextRetryTime()), sends);
            return (claim.Deliveries.Count, null);
        }

        await sends;
        return (claim.Deliveries.Count, claim.Again);
    }

    /// <summary>
    /// Takes what is due of a lead where slots are held for it, and begins to send it. Slots that it doesn't need are given back at once.
    /// </summary>
    private async Task<(Claim Claim, Task Sends)> ClaimAsync(
        LeadId lead,
        IReadOnlyCollection<DestinationLimiter> limiters,
        CancellationToken abandon)
    {
        var leaseEnd = _time.GetUtcNow() + _options.LeaseDuration;
        var claim = new Claim([], null);
        try
        {
            claim = await _store.ClaimLeadAsync(lead, [.. limiters.Select(limiter => limiter.Destination)], _time.GetUtcNow(), leaseEnd);
        }
        finally
        {
            var used = claim.Deliveries.Select(delivery => delivery.Destination).ToHashSet(StringComparer.Ordinal);
            foreach (var limiter in limiters.Where(limiter => !used.Contains(limiter.Destination)))
            {
                limiter.Release();
            }
        }

        foreach (var (_, destination) in claim.GivenUp)
        {
            _limiters[destination].NoteGivenUp(lead);
        }

        return (claim, claim.Deliveries.Count == 0 ? Task.CompletedTask : SendAllAsync());

        async Task SendAllAsync()
        {
            // If the program ends meanwhile, this brings the deliveries back as soon as they are due again.
            var wakeUp = await _queue.EnqueueAsync(lead, leaseEnd);
            await Task.WhenAll(claim.Deliveries.Select(delivery =>
                _limiters[delivery.Destination].DeliverAsync(delivery, leaseEnd, abandon)));
            if (!claim.Deliveries.Any(delivery => _limiters[delivery.Destination].HasUnrecorded))
            {
                await wakeUp.DeleteAsync();
            }
        }
    }

    private Task EnqueueAsync(LeadId lead, DateTimeOffset? again) => again is null ? Task.CompletedTask : _queue.EnqueueAsync(lead, again);

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "A message of the queue is not ours; it is ignored.")]
        public static partial void NoMessage(ILogger logger);

        [LoggerMessage(2102, LogLevel.Error, "What is due of {LeadId} could not be claimed; trying again. {Reason}")]
        public static partial void NotClaimed(ILogger logger, LeadId leadId, string reason);

        [LoggerMessage(
            2104,
            LogLevel.Error,
            "What is overdue at {Destination} could not be delivered; the next sweep tries again. {Reason}")]
        public static partial void NotSwept(ILogger logger, string destination, string reason);

        [LoggerMessage(2105, LogLevel.Error, "What is due of {LeadId} was not delivered: {ExceptionType}. The sweep brings it back.")]
        public static partial void Failed(ILogger logger, LeadId leadId, string exceptionType);
    }
}
