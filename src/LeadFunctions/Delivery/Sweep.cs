using LeadFunctions.Hosting;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// What the Functions host's timer calls each minute: catches up with what is overdue, and removes what is older than
/// <c>Store:Retention</c>. It begins nothing more in time for the next call, which goes on from there.
/// </summary>
internal sealed class Sweep(IOverdueDelivery delivery, Retention retention, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>What was begun by then has some time to end before the next call.</summary>
    private static readonly TimeSpan MostTimeDelivering = TimeSpan.FromSeconds(50);

    public async Task RunAsync(CancellationToken stop)
    {
        using var most = TimerCall.Begin(TimerCall.MostTime, time, stop, lifetime.ApplicationStopping);
        using var mostDelivering = TimerCall.Begin(MostTimeDelivering, time, most.Token);
        // At once: a slow destination must not delay the removal of old runs.
        await Task.WhenAll(mostDelivering.UntilStoppedAsync(delivery.CatchUpAsync), most.UntilStoppedAsync(retention.RunDueAsync));
    }
}
