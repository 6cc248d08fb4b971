using LeadFunctions.Delivery;
using LeadFunctions.Store.AzureStorage;
using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// A message of the queue names leads: delivers what is due of them. It never throws, because the store knows what is due and the message
/// doesn't. So the poison queue gets only messages that can't be decoded (docs/operations.md). A message whose worker dies each time could
/// get there, too; the sweep delivers its leads. With SQLite nobody writes to the queue.
/// </summary>
public sealed class DeliverFunction(IServiceProvider services)
{
    [Function("deliver")]
    public Task RunAsync([QueueTrigger(DeliveryQueueSender.Name)] string message, CancellationToken abandon) =>
        services.GetService<QueueTriggeredDelivery>()?.DeliverAsync(message, abandon) ?? Task.CompletedTask;
}
