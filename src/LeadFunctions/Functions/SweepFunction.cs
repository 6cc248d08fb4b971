using LeadFunctions.Delivery;
using LeadFunctions.Telemetry.Alerts;
using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// Each minute: delivers what is due, removes what is old and tells people what they have to know, also where the app has slept meanwhile.
/// </summary>
public sealed class SweepFunction(IServiceProvider services)
{
    [Function("sweep")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken stop) =>
        Task.WhenAll(services.GetRequiredService<Sweep>().RunAsync(stop), services.GetRequiredService<AlertService>().RunOnceAsync(stop));
}
