using LeadFunctions.Delivery;
using LeadFunctions.Store.AzureStorage;
using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// A message of the queue names leads: delivers what is due of them. It never throws, because the store knows what is due and the message
/// doesn't. So the poison queue gets nothing but messages that can't be decoded, and ours only if the worker dies each time; the sweep
/// delivers those leads. With SQLite nobody writes to the queue.
/// </summary>
public sealed class DeliverFunction(IServiceProvider services)
{
    [Function("deliver")]
    public Task RunAsync([QueueTrigger(DeliveryQueueSender.Name)] string message, CancellationToken abandon) =>
        services.GetService<QueueTriggeredDelivery>()?.DeliverAsync(message, abandon) ?? Task.CompletedTask;
}
