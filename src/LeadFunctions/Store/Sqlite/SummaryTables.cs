namespace LeadFunctions.Store.Sqlite;

/// <summary>Counts runs by state, and by day.</summary>
internal static class SummaryTables
{
    private const string StatesSql =
        """
        SELECT CASE
            WHEN NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key) THEN 'no_destination'
            WHEN EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status = 'dead_letter') THEN 'dead_letter'
            WHEN EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status IN ('pending', 'in_flight')) THEN 'in_progress'
            ELSE 'delivered' END AS state,
          CASE WHEN received_at >= $from AND received_at < $to THEN (received_at - $from) / 86400000 END AS day, count(*)
        FROM leads GROUP BY state, day
        """;

    private const string RefusedSql =
        "SELECT CASE WHEN received_at >= $from AND received_at < $to THEN (received_at - $from) / 86400000 END AS day, count(*) FROM refused GROUP BY day";

    private const string RepeatedSql = "SELECT count(DISTINCT lead_key) FROM repeats";

    public static RunSummary Read(SqliteSession session, DateTimeOffset from, DateTimeOffset to)
    {
        (string, SqlValue)[] range = [("$from", from.ToUnixTimeMilliseconds()), ("$to", to.ToUnixTimeMilliseconds())];
        var states = session.List(StatesSql, row => (State: row.Text(0), Day: row.NumberOrNull(1), Count: (int)row.Number(2)), range);
        var refused = session.List(RefusedSql, row => (Day: row.NumberOrNull(0), Count: (int)row.Number(1)), range);
        var counts = new Dictionary<RunState, int>
        {
            [RunState.Delivered] = All("delivered"),
            [RunState.InProgress] = All("in_progress"),
            [RunState.DeadLetter] = All("dead_letter"),
            [RunState.NoDestination] = All("no_destination"),
            [RunState.Repeated] = (int)session.Number(RepeatedSql)!.Value,
        };
        var days = Enumerable.Range(0, (int)Math.Ceiling((to - from).TotalDays)).Select(day => new DaySummary(
            DateOnly.FromDateTime(from.UtcDateTime).AddDays(day),
            On("delivered", day),
            On("in_progress", day),
            On("dead_letter", day),
            On("no_destination", day),
            refused.Where(row => row.Day == day).Sum(row => row.Count)));
        return new RunSummary(counts, refused.Sum(row => row.Count), [.. days]);

        int All(string state) => states.Where(row => row.State == state).Sum(row => row.Count);

        int On(string state, int day) => states.Where(row => row.State == state && row.Day == day).Sum(row => row.Count);
    }
}
