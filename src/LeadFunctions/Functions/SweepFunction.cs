using LeadFunctions.Delivery;
using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>Each minute: delivers what is due and removes what is old, also where the app has slept since.</summary>
public sealed class SweepFunction(IServiceProvider services)
{
    [Function("sweep")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken stop) =>
        services.GetRequiredService<Sweep>().RunAsync(stop);
}
