using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of attempts.</summary>
internal static class AttemptTable
{
    private const string InsertSql =
        """
        INSERT INTO attempts (lead_key, destination, number, started_at, duration_ms, http_status, outcome, error)
        VALUES ($key, $destination, $number, $started, $duration, $status, $outcome, $error)
        """;

    private const string SelectSql =
        "SELECT destination, started_at, duration_ms, http_status, outcome, error FROM attempts WHERE lead_key = $key ORDER BY destination, number";

    public static void Insert(SqliteSession session, long key, string destination, long number, DeliveryAttempt attempt) =>
        session.Run(
            InsertSql,
            ("$key", key),
            ("$destination", destination),
            ("$number", number),
            ("$started", attempt.StartedAt.ToUnixTimeMilliseconds()),
            ("$duration", (long)attempt.Duration.TotalMilliseconds),
            ("$status", attempt.HttpStatus is { } status ? (long)status : null),
            ("$outcome", attempt.Outcome),
            ("$error", attempt.Error));

    public static ILookup<string, DeliveryAttempt> Read(SqliteSession session, long key)
    {
        var attempts = new List<(string Destination, DeliveryAttempt Attempt)>();
        using var reader = session.Statement(SelectSql, ("$key", key)).ExecuteReader();
        while (reader.Read())
        {
            attempts.Add((reader.GetString(0), new DeliveryAttempt(
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                TimeSpan.FromMilliseconds(reader.GetInt64(2)),
                reader.IsDBNull(3) ? null : reader.GetInt32(3),
                reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5))));
        }

        return attempts.ToLookup(pair => pair.Destination, pair => pair.Attempt);
    }
}
