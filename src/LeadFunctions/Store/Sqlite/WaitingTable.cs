using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Deliveries that wait for another delivery of their lead.</summary>
internal static class WaitingTable
{
    // deliveries_waiting holds them alone, but is in the order of destinations: a lead has few deliveries.
    private const string WaitingSql =
        "SELECT destination, waits_for FROM deliveries WHERE lead_key = $key AND status = 'pending' AND due_at IS NULL";

    private const string ReleaseSql = "UPDATE deliveries SET due_at = $now WHERE lead_key = $key AND destination = $destination";

    private const string EndSql =
        "UPDATE deliveries SET status = 'dead_letter', last_error = $reason WHERE lead_key = $key AND destination = $destination";

    /// <summary>
    /// Changes what waits for a delivery as <see cref="WaitingDeliveries"/> says; gives the destinations that have something due now.
    /// </summary>
    public static List<string> Follow(SqliteSession session, long key, string destination, DeliveryStatus status, DateTimeOffset now)
    {
        var due = new List<string>();
        var waiting = session.List(WaitingSql, row => (Destination: row.Text(0), After: row.TextOrNull(1)), ("$key", key));
        foreach (var (next, reason) in WaitingDeliveries.After(waiting, destination, status))
        {
            if (reason is null)
            {
                session.Run(ReleaseSql, ("$key", key), ("$destination", next), ("$now", now.ToUnixTimeMilliseconds()));
                due.Add(next);
            }
            else
            {
                session.Run(EndSql, ("$key", key), ("$destination", next), ("$reason", reason));
            }
        }

        return due;
    }
}
