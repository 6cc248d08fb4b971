using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Deliveries that wait for another delivery of their lead: let go when it has arrived, ended when it never will.</summary>
internal static class Following
{
    /// <summary>The rows that change because of what became of a delivery, each with what it becomes.</summary>
    public static IEnumerable<(DeliveryRow Before, DeliveryRow After)> Of(
        LeadRows rows,
        string destination,
        DeliveryStatus status,
        DateTimeOffset now)
    {
        var waiting = rows.Deliveries.Where(row => row.IsWaiting).Select(row => (row.Destination, row.After)).ToList();
        foreach (var (next, reason) in WaitingDeliveries.After(waiting, destination, status))
        {
            var row = rows.To(next)!;
            yield return (row, row with
            {
                State = reason is null
                    ? row.State with { DueAt = now }
                    : row.State with { Status = DeliveryStatus.DeadLetter, LastError = reason },
            });
        }
    }
}
