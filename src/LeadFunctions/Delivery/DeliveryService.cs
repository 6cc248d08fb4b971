using LeadFunctions.Destinations;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// Runs a worker for each destination, from the program's start until its stop: everywhere but behind the Functions host with Azure
/// Storage, where <see cref="QueuedDelivery"/> takes its place.
/// </summary>
internal sealed class DeliveryService : IDueDelivery, IHostedService, IDisposable
{
    private readonly DestinationWorker[] _workers;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private Task _running = Task.CompletedTask;

    public DeliveryService(
        IReadOnlyList<ConfiguredDestination> destinations,
        DestinationServices services,
        IDeliveryStore store,
        DestinationTroubles troubles,
        DueSignal due,
        DeliveryOptions options,
        TimeProvider time,
        Random chance,
        ILogger<DeliveryService> logger)
    {
        _workers = [.. destinations.Select(Worker)];

        DestinationWorker Worker(ConfiguredDestination destination)
        {
            var breaker = new CircuitBreaker(options.RetrySchedule.Max());
            var remote = new Lazy<IDestination>(() => destination.Make(services));
            var attempter = new DeliveryAttempter(destination.Name, remote, breaker, store, troubles, options, time, chance, logger);
            return new DestinationWorker(destination.Name, attempter, breaker, store, due, options, time, logger);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_workers.Select(worker =>
            Task.Run(() => worker.RunAsync(_stop.Token, _abandon.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Claims nothing more and lets attempts under way finish; those that don't in time come back by their lease.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        try
        {
            await _running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _abandon.CancelAsync();
            await _running;
        }
    }

    /// <summary>
    /// Ends when at no destination anything is due any more that may be tried now, or with <see cref="OperationCanceledException"/>.
    /// </summary>
    public Task DeliverDueAsync(CancellationToken stop) => Task.WhenAll(_workers.Select(worker => worker.WhenIdleAsync(stop)));

    public void Dispose()
    {
        if (!_stop.IsCancellationRequested)
        {
            // The start failed, and nobody has called StopAsync.
            _stop.Cancel();
        }

        _stop.Dispose();
        _abandon.Dispose();
    }
}
