using LeadFunctions.Hosting;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// Delivers what is due: loops of the program's own (<see cref="DeliveryLoops"/>), or what a queue wakes (<see cref="QueuedDelivery"/>).
/// </summary>
internal interface IDueDelivery
{
    /// <summary>Ends when nothing is left to it that may be tried now, or with <see cref="OperationCanceledException"/>.</summary>
    Task DeliverDueAsync(CancellationToken stop);
}

/// <summary>
/// What the Functions host's timer calls each minute: until what is due has been tried, and what is old is removed. It begins nothing more
/// in time for the next call, which goes on from there.
/// </summary>
internal sealed class Sweep(IDueDelivery delivery, Retention retention, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>What was begun by then has some time to end before the next call.</summary>
    private static readonly TimeSpan MostTimeDelivering = TimeSpan.FromSeconds(50);

    public async Task RunAsync(CancellationToken stop)
    {
        using var most = TimerCall.Begin(TimerCall.MostTime, time, stop, lifetime.ApplicationStopping);
        using var mostDelivering = TimerCall.Begin(MostTimeDelivering, time, most.Token);
        // Beside each other: a destination that takes its time keeps nothing that is old.
        await Task.WhenAll(mostDelivering.UntilStoppedAsync(delivery.DeliverDueAsync), most.UntilStoppedAsync(retention.RunDueAsync));
    }
}
