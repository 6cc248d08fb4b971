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
    public static List<string> OfLead(SqliteSession session, long key, string? destination, bool evenDelivered, DateTimeOffset now)
    {
        var destinations = new List<string>();
        using var reader = session.Statement(
            OfLeadSql, ("$key", key), ("$destination", destination), ("$evenDelivered", evenDelivered ? 1L : 0L), ("$now", now.ToUnixTimeMilliseconds())).ExecuteReader();
        while (reader.Read())
        {
            destinations.Add(reader.GetString(0));
        }

        return destinations;
    }

    public static List<string> DestinationsWithDeadLetters(SqliteSession session)
    {
        var destinations = new List<string>();
        using var reader = session.Statement(DestinationsSql).ExecuteReader();
        while (reader.Read())
        {
            destinations.Add(reader.GetString(0));
        }

        return destinations;
    }

    /// <summary>How many, and where the next step goes on; null when there are no more.</summary>
    public static (int Count, long? Next) DeadLetters(SqliteSession session, string destination, long after, DateTimeOffset now)
    {
        var (count, last) = (0, after);
        using var reader = session.Statement(
            DeadLettersSql, ("$destination", destination), ("$after", after), ("$most", (long)MostInOneStep), ("$now", now.ToUnixTimeMilliseconds())).ExecuteReader();
        while (reader.Read())
        {
            count++;
            last = Math.Max(last, reader.GetInt64(0));
        }

        return (count, count == MostInOneStep ? last : null);
    }
}
