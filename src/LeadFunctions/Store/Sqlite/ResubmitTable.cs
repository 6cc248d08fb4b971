namespace LeadFunctions.Store.Sqlite;

/// <summary>Puts deliveries back: due now, with their count at zero. What a worker holds is left to it.</summary>
internal static class ResubmitTable
{
    private const int MostInOneStep = 500;

    private const string OfLeadSql =
        """
        UPDATE deliveries SET status = 'pending', due_at = $now, failures = 0
        WHERE lead_key = $key AND ($destination IS NULL OR destination = $destination)
          AND (status IN ('dead_letter', 'pending')
            OR (status = 'discarded' AND $destination IS NOT NULL)
            OR (status = 'delivered' AND $destination IS NOT NULL AND $evenDelivered))
        RETURNING destination
        """;

    private const string DestinationsSql = "SELECT DISTINCT destination FROM deliveries WHERE status = 'dead_letter'";

    private const string DeadLettersSql =
        """
        UPDATE deliveries SET status = 'pending', due_at = $now, failures = 0
        WHERE destination = $destination AND lead_key IN (
          SELECT lead_key FROM deliveries WHERE destination = $destination AND status = 'dead_letter' AND lead_key > $after ORDER BY lead_key LIMIT $most)
        RETURNING lead_key
        """;

    /// <summary>The destinations that have something due now.</summary>
    public static List<string> OfLead(SqliteSession session, long key, string? destination, bool evenDelivered, DateTimeOffset now) =>
        session.List(
            OfLeadSql,
            row => row.Text(0),
            ("$key", key),
            ("$destination", destination),
            ("$evenDelivered", evenDelivered ? 1 : 0),
            ("$now", now.ToUnixTimeMilliseconds()));

    public static List<string> DestinationsWithDeadLetters(SqliteSession session) => session.List(DestinationsSql, row => row.Text(0));

    /// <summary>How many, and where the next step goes on; null when there are no more.</summary>
    public static (int Count, long? Next) DeadLetters(SqliteSession session, string destination, long after, DateTimeOffset now)
    {
        var keys = session.List(
            DeadLettersSql, row => row.Number(0), ("$destination", destination), ("$after", after), ("$most", MostInOneStep), ("$now", now.ToUnixTimeMilliseconds()));
        return (keys.Count, keys.Count == MostInOneStep ? keys.Max() : null);
    }
}
