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
        """
        SELECT destination, started_at, duration_ms, http_status, outcome, error FROM attempts
        WHERE lead_key = $key ORDER BY destination, number
        """;

    public static void Insert(SqliteSession session, long key, string destination, long number, DeliveryAttempt attempt) =>
        session.Run(
            InsertSql,
            ("$key", key),
            ("$destination", destination),
            ("$number", number),
            ("$started", attempt.StartedAt.ToUnixTimeMilliseconds()),
            ("$duration", (long)attempt.Duration.TotalMilliseconds),
            ("$status", (long?)attempt.HttpStatus),
            ("$outcome", attempt.Outcome),
            ("$error", attempt.Error));

    public static ILookup<string, DeliveryAttempt> Read(SqliteSession session, long key) =>
        session.List(
            SelectSql,
            row => (Destination: row.Text(0), Attempt: new DeliveryAttempt(
                row.Time(1),
                TimeSpan.FromMilliseconds(row.Number(2)),
                (int?)row.NumberOrNull(3),
                row.Text(4),
                row.TextOrNull(5))),
            ("$key", key)).ToLookup(row => row.Destination, row => row.Attempt);
}
