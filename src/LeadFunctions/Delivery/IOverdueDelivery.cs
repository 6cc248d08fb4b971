namespace LeadFunctions.Delivery;

/// <summary>
/// Delivers by itself: by loops (<see cref="DeliveryLoops"/>), or when messages of a queue come (<see cref="QueueTriggeredDelivery"/>). The
/// Functions host's timer asks it to catch up with what is overdue.
/// </summary>
internal interface IOverdueDelivery
{
    /// <summary>
    /// The queue's: delivers what has been due for more than a minute, because its message was lost. The loops': waits until they have
    /// tried what is due. Ends then, or with <see cref="OperationCanceledException"/>.
    /// </summary>
    Task CatchUpAsync(CancellationToken stop);
}
