namespace LeadFunctions.Store.Sqlite;

/// <summary>Whether the store can be written, and what waits in it.</summary>
internal static class StateTable
{
    private const string OldestDueSql = "SELECT min(due_at) FROM deliveries WHERE due_at <= $now";
    private const string DeadLettersSql = "SELECT destination, count(*) FROM deliveries WHERE status = 'dead_letter' GROUP BY destination";
    private const string WriteSql = "INSERT INTO checks (id, at) VALUES (1, $now) ON CONFLICT (id) DO UPDATE SET at = $now";

    private const string UnfinishedSql =
        """
        SELECT destination, count(*) FROM (
          SELECT destination FROM deliveries WHERE due_at IS NOT NULL
          UNION ALL SELECT destination FROM deliveries WHERE status = 'pending' AND due_at IS NULL) GROUP BY destination
        """;

    public static int Write(SqliteSession session, DateTimeOffset now) => session.Run(WriteSql, ("$now", now.ToUnixTimeMilliseconds()));

    public static StoreState Read(SqliteSession session, DateTimeOffset now)
    {
        var dead = Counts(session, DeadLettersSql);
        return new StoreState(
            session.Time(OldestDueSql, ("$now", now.ToUnixTimeMilliseconds())),
            dead.Values.Sum(),
            Counts(session, UnfinishedSql))
        {
            DeadLettersAt = dead,
        };
    }

    private static Dictionary<string, int> Counts(SqliteSession session, string sql) =>
        session.List(sql, row => KeyValuePair.Create(row.Text(0), (int)row.Number(1))).ToDictionary(StringComparer.Ordinal);
}
