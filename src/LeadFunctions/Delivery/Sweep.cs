using LeadFunctions.Hosting;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// What the Functions host's timer calls each minute. It keeps the app awake until what is due has been tried, and then removes what is old; it ends in
/// time for the next call, which goes on from there.
/// </summary>
internal sealed class Sweep(DeliveryService delivery, Retention retention, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>The rest of the minute is for what is old, however many leads there are.</summary>
    private static readonly TimeSpan MostTimeDelivering = TimeSpan.FromSeconds(50);

    public async Task RunAsync(CancellationToken stop)
    {
        using var most = TimedRun.Begin(TimedRun.MostTime, time, stop, lifetime.ApplicationStopping);
        using var mostDelivering = TimedRun.Begin(MostTimeDelivering, time, most.Token);
        await mostDelivering.UntilStoppedAsync(delivery.RunDueAsync);
        await most.UntilStoppedAsync(retention.RunDueAsync);
    }
}
