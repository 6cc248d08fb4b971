using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Puts deliveries back: due now, with their count at zero. What a worker holds is left to it.</summary>
internal static class ResubmitTable
{
    private const int MostInOneStep = 500;

    private const string PutBackSql = "UPDATE deliveries SET status = 'pending', due_at = $due, failures = 0 WHERE lead_key = $key AND destination = $destination";

    private const string DestinationsSql = "SELECT DISTINCT destination FROM deliveries WHERE status = 'dead_letter'";

    private const string DeadLettersSql =
        "SELECT lead_key FROM deliveries WHERE destination = $destination AND status = 'dead_letter' AND lead_key > $after ORDER BY lead_key LIMIT $most";

    private const string DiscardSql =
        """
        UPDATE deliveries SET status = 'discarded'
        WHERE lead_key = $key AND ($destination IS NULL OR destination = $destination) AND status = 'dead_letter'
        RETURNING destination
        """;

    /// <summary>How many were put back, and the destinations that have something due now.</summary>
    public static (int Count, IReadOnlyList<string> Due) OfLead(SqliteSession session, long key, string? destination, bool evenDelivered, string by, DateTimeOffset now)
    {
        if (EraseTables.IsErased(session, key))
        {
            // Nothing is left to send.
            return (0, []);
        }

        var deliveries = DeliveryTable.Read(session, key).ToDictionary(row => row.Destination, row => (row.State.Status, row.After), StringComparer.Ordinal);
        var again = ResubmitPlan.Of(deliveries, destination, evenDelivered);
        foreach (var (name, waits) in again)
        {
            session.Run(PutBackSql, ("$key", key), ("$destination", name), ("$due", waits ? default(long?) : now.ToUnixTimeMilliseconds()));
        }

        if (again.Count > 0)
        {
            ActTable.Insert(session, key, new RunAct(now, by, RunAct.Resubmitted, destination));
        }

        return (again.Count, [.. again.Where(put => !put.Value).Select(put => put.Key)]);
    }

    public static List<string> DestinationsWithDeadLetters(SqliteSession session) => session.List(DestinationsSql, row => row.Text(0));

    /// <summary>How many, the destinations that have something due now, and where the next step goes on; null when there are no more.</summary>
    public static (int Count, IReadOnlyList<string> Due, long? Next) DeadLetters(SqliteSession session, string destination, long after, string by, DateTimeOffset now)
    {
        var keys = session.List(DeadLettersSql, row => row.Number(0), ("$destination", destination), ("$after", after), ("$most", MostInOneStep));
        var steps = keys.ConvertAll(key => OfLead(session, key, destination, evenDelivered: false, by, now));
        return (steps.Sum(step => step.Count), [.. steps.SelectMany(step => step.Due).Distinct()], keys.Count == MostInOneStep ? keys[^1] : null);
    }

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
            ActTable.Insert(session, key, new RunAct(now, by, RunAct.Discarded, destination, reason));
        }

        return discarded.Count;
    }
}
