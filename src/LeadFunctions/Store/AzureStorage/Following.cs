using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Deliveries that wait for another delivery of their lead: let go when it has arrived, ended when it never will.</summary>
internal static class Following
{
    /// <summary>The rows that change because of what became of a delivery, each with what it becomes.</summary>
    public static IEnumerable<(DeliveryRow Before, DeliveryRow After)> Of(LeadRows rows, string destination, DeliveryStatus status, DateTimeOffset now)
    {
        foreach (var waiting in rows.Deliveries.Where(row => row.IsWaiting && row.After == destination))
        {
            if (status == DeliveryStatus.Delivered)
            {
                yield return (waiting, waiting with { State = waiting.State with { DueAt = now } });
            }
            else if (status is DeliveryStatus.DeadLetter or DeliveryStatus.Discarded)
            {
                var error = $"It waits for {destination}, which was given up on. Resubmit both.";
                yield return (waiting, waiting with { State = waiting.State with { Status = DeliveryStatus.DeadLetter, LastError = error } });
                foreach (var next in Of(rows, waiting.Destination, DeliveryStatus.DeadLetter, now))
                {
                    yield return next;
                }
            }
        }
    }
}
