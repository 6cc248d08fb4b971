using LeadFunctions.Delivery;
using LeadFunctions.Store.AzureStorage;
using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// Woken by the queue: delivers what is due of the leads that a message names. It ends well whatever happens to them, because the store
/// knows what is due and the message doesn't. With SQLite nobody writes to the queue.
/// </summary>
public sealed class DeliverFunction(IServiceProvider services)
{
    [Function("deliver")]
    public Task RunAsync([QueueTrigger(DeliveryQueue.Name)] string message, CancellationToken stop) =>
        services.GetService<QueuedDelivery>()?.DeliverAsync(message, stop) ?? Task.CompletedTask;
}
