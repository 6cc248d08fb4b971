using LeadFunctions.Settings;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>How deliveries are tried.</summary>
/// <param name="RetrySchedule">The waits between attempts; n waits mean n + 1 attempts, then a dead letter.</param>
/// <param name="Concurrency">Attempts at the same time, for each destination. Default 8.</param>
/// <param name="AttemptTimeout">An attempt without an answer ends after it. Default 30 s.</param>
/// <param name="LeaseDuration">After it the claim of a program that crashed comes back; it must outlast an attempt. Default 2 min.</param>
internal sealed record DeliveryOptions(
    IReadOnlyList<TimeSpan> RetrySchedule,
    int Concurrency,
    TimeSpan AttemptTimeout,
    TimeSpan LeaseDuration)
{
    public static readonly IReadOnlyList<TimeSpan> DefaultSchedule =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromHours(24),
    ];

    public static DeliveryOptions Read(SettingsReader settings)
    {
        var options = new DeliveryOptions(
            settings.Durations("Delivery:RetrySchedule", DefaultSchedule, TimeSpan.Zero, TimeSpan.FromDays(30)),
            settings.Int("Delivery:Concurrency", 8, 1, 256),
            settings.Duration(
                "Delivery:AttemptTimeout",
                TimeSpan.FromSeconds(30),
                TimeSpan.FromMilliseconds(100),
                TimeSpan.FromMinutes(30)),
            settings.Duration("Delivery:LeaseDuration", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1), Claim.LongestLease));
        if (options.LeaseDuration < options.AttemptTimeout + TimeSpan.FromSeconds(1))
        {
            settings.Fault(
                "Delivery:LeaseDuration",
                "must be at least a second longer than Delivery:AttemptTimeout, "
                + "or a delivery could be claimed again while it is still being tried");
        }

        return options;
    }
}
