using LeadFunctions.Destinations;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// Runs a loop for each destination, from the program's start until its stop: everywhere but behind the Functions host with Azure
/// Storage, where <see cref="QueueTriggeredDelivery"/> takes its place.
/// </summary>
internal sealed class DeliveryLoops : IOverdueDelivery, IHostedService, IDisposable
{
    private readonly DestinationLoop[] _loops;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private Task _running = Task.CompletedTask;

    public DeliveryLoops(
        IReadOnlyList<ConfiguredDestination> destinations,
        DestinationServices services,
        IDeliveryStore store,
        DestinationTroubles troubles,
        DueSignal due,
        DeliveryOptions options,
        TimeProvider time,
        Random chance,
        ILogger<DeliveryLoops> logger) =>
        _loops =
        [
            .. destinations
                .Select(destination => new DeliveryAttempter(destination, services, store, troubles, options, time, chance, logger))
                .Select(attempter => new DestinationLoop(attempter, store, due, options, time, logger)),
        ];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_loops.Select(loop =>
            Task.Run(() => loop.RunAsync(_stop.Token, _abandon.Token), CancellationToken.None)));
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
    /// Ends when every loop is idle: all that may be tried now has been tried. Or with <see cref="OperationCanceledException"/>.
    /// </summary>
    public Task CatchUpAsync(CancellationToken stop) => Task.WhenAll(_loops.Select(loop => loop.WhenIdleAsync(stop)));

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
