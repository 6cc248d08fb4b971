using LeadFunctions.Delivery;
using LeadFunctions.Telemetry.Alerts;
using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// Each minute: delivers what has been due for more than a minute (with SQLite: waits for the loops), removes what is older than
/// <c>Store:Retention</c>, and sends alerts. The timer also wakes an app that sleeps.
/// </summary>
public sealed class SweepFunction(IServiceProvider services)
{
    [Function("sweep")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken stop) =>
        Task.WhenAll(services.GetRequiredService<Sweep>().RunAsync(stop), services.GetRequiredService<AlertService>().RunOnceAsync(stop));
}
