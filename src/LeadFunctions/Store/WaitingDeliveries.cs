using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// What becomes of the deliveries that wait for another delivery of their lead: due when that has arrived, dead letters when it never will.
/// </summary>
internal static class WaitingDeliveries
{
    /// <summary>Those that change because of what became of one, each with the reason why it is a dead letter; null: it is due.</summary>
    /// <param name="waiting">All of the lead's, with what each waits for.</param>
    public static IEnumerable<(string Destination, string? Reason)> After(
        IReadOnlyCollection<(string Destination, string? After)> waiting, string destination, DeliveryStatus status)
    {
        foreach (var (next, _) in waiting.Where(delivery => delivery.After == destination))
        {
            if (status == DeliveryStatus.Delivered)
            {
                yield return (next, null);
            }
            else if (status is DeliveryStatus.DeadLetter or DeliveryStatus.Discarded)
            {
                yield return (next, $"It waits for {destination}, which was given up on. Resubmit both.");
                foreach (var further in After(waiting, next, DeliveryStatus.DeadLetter))
                {
                    yield return further;
                }
            }
        }
    }
}
