using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Resubmits deliveries: due now, with their count at zero. One that is claimed is left to its claimant. Also discards dead letters.
/// </summary>
internal static class Resubmits
{
    private const string ResubmitSql =
        """
        UPDATE deliveries SET status = 'pending', due_at = $due, failures = 0, interruptions = 0
        WHERE lead_key = $key AND destination = $destination
        """;

    private const string DiscardSql =
        """
        UPDATE deliveries SET status = 'discarded'
        WHERE lead_key = $key AND ($destination IS NULL OR destination = $destination) AND status = 'dead_letter'
        RETURNING destination
        """;

    /// <summary>How many were resubmitted, and the destinations that have something due now.</summary>
    public static (int Count, IReadOnlyList<string> Due) OfLead(
        SqliteSession session, long key, string? destination, bool evenDelivered, string by, DateTimeOffset now)
    {
        if (EraseTables.IsErased(session, key))
        {
            // Nothing is left to send.
            return (0, []);
        }

        var again = ResubmitPlan.Of(Deliveries(session, key), destination, evenDelivered);
        return ByPlan(session, key, again, auditEach: destination is not null, by, now);
    }

    /// <summary>As <see cref="OfLead"/>, of dead letters alone.</summary>
    public static (int Count, IReadOnlyList<string> Due) DeadLettersOfLead(
        SqliteSession session, long key, string? destination, string by, DateTimeOffset now) =>
        ByPlan(session, key, ResubmitPlan.OfDeadLetters(Deliveries(session, key), destination), auditEach: true, by, now);

    /// <summary>Ends dead letters for good, and says how many.</summary>
    public static int Discard(SqliteSession session, long key, string? destination, string reason, string by, DateTimeOffset now)
    {
        var discarded = session.List(DiscardSql, row => row.Text(0), ("$key", key), ("$destination", destination));
        foreach (var name in discarded)
        {
            WaitingTable.Follow(session, key, name, DeliveryStatus.Discarded, now);
        }

        if (discarded.Count > 0)
        {
            AuditTable.Insert(session, key, new AuditEntry(now, by, AuditEntry.Discarded, destination, reason));
        }

        return discarded.Count;
    }

    private static Dictionary<string, (DeliveryStatus Status, string? After)> Deliveries(SqliteSession session, long key) =>
        DeliveryTable.Read(session, key).ToDictionary(row => row.Destination, row => (row.State.Status, row.After), StringComparer.Ordinal);

    private static (int Count, IReadOnlyList<string> Due) ByPlan(
        SqliteSession session, long key, IReadOnlyDictionary<string, bool> again, bool auditEach, string by, DateTimeOffset now)
    {
        foreach (var (name, waits) in again)
        {
            var due = waits ? default(long?) : now.ToUnixTimeMilliseconds();
            session.Run(ResubmitSql, ("$key", key), ("$destination", name), ("$due", due));
        }

        foreach (var entry in AuditEntry.OfResubmit(again.Keys, auditEach, by, now))
        {
            AuditTable.Insert(session, key, entry);
        }

        return (again.Count, [.. again.Where(put => !put.Value).Select(put => put.Key)]);
    }
}
