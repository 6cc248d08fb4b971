namespace LeadFunctions.Delivery;

/// <summary>
/// What delivers goes on by itself: loops (<see cref="DeliveryLoops"/>), or messages of a queue (<see cref="QueueTriggeredDelivery"/>). The
/// Functions host's timer asks it to catch up with what is late.
/// </summary>
internal interface IOverdueDelivery
{
    /// <summary>
    /// The queue's: delivers what has been due for more than a minute, because its message was lost. The loops': waits until they have
    /// tried what is due. Ends then, or with <see cref="OperationCanceledException"/>.
    /// </summary>
    Task CatchUpAsync(CancellationToken stop);
}
