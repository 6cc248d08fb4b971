using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Deliveries that wait for another delivery of their lead: let go when it has arrived, ended when it never will.</summary>
internal static class WaitingTable
{
    private const string ReleaseSql =
        "UPDATE deliveries SET due_at = $now WHERE lead_key = $key AND waits_for = $destination AND status = 'pending' AND due_at IS NULL RETURNING destination";

    private const string EndSql =
        """
        UPDATE deliveries SET status = 'dead_letter', last_error = $error
        WHERE lead_key = $key AND waits_for = $destination AND status = 'pending' AND due_at IS NULL RETURNING destination
        """;

    /// <summary>What became of a delivery decides what becomes of those that wait for it; gives the destinations that have something due now.</summary>
    public static List<string> Follow(SqliteSession session, long key, string destination, DeliveryStatus status, DateTimeOffset now)
    {
        switch (status)
        {
            case DeliveryStatus.Delivered:
                return session.List(ReleaseSql, row => row.Text(0), ("$key", key), ("$destination", destination), ("$now", now.ToUnixTimeMilliseconds()));
            case DeliveryStatus.DeadLetter or DeliveryStatus.Discarded:
                End(session, key, destination);
                return [];
            default:
                return [];
        }
    }

    private static void End(SqliteSession session, long key, string destination)
    {
        var error = $"It waits for {destination}, which was given up on. Resubmit both.";
        foreach (var ended in session.List(EndSql, row => row.Text(0), ("$key", key), ("$destination", destination), ("$error", error)))
        {
            End(session, key, ended);
        }
    }
}
