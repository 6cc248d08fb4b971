using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Counts runs by state and by day. What is finished is what is left of all: blocks know how many leads they have, and the other states are read from
/// indexes that hold nothing else.
/// </summary>
internal static class SummaryTables
{
    private const string LeadsSql =
        """
        SELECT key, received_at, NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key)
        FROM leads INDEXED BY leads_by_id WHERE id >= $from AND id < $before
        """;

    private const string RefusedSql =
        """
        SELECT CASE WHEN received_at >= $from AND received_at < $to THEN received_at / $day END AS day, count(*)
        FROM refused INDEXED BY refused_by_time GROUP BY day
        """;

    private const string RepeatedSql = "SELECT count(DISTINCT lead_key) FROM repeats";

    public static RunSummary Read(SqliteSession session, DateTimeOffset from, DateTimeOffset to)
    {
        var days = new DayCounts(from, to);
        var deadLetters = KeySet.Read(session, RunState.DeadLetter, null)!;
        var inProgress = KeySet.Read(session, RunState.InProgress, null)!.Without(deadLetters);
        var gap = "";
        foreach (var block in BlockTable.All(session))
        {
            Leads(new IdRange(gap, block.FirstId));
            gap = IdRange.After(block.LastId);
            if (days.OneOf(LeadId.Parse(block.FirstId), LeadId.Parse(block.LastId)) is { } day && block.HasAllKeys)
            {
                day.Leads += block.Leads;
                day.NoDestination += block.NoDestination;
                day.DeadLetter += deadLetters.Between(block.LowestKey, block.HighestKey).Length;
                day.InProgress += inProgress.Between(block.LowestKey, block.HighestKey).Length;
            }
            else
            {
                Leads(block.Ids);
            }
        }

        Leads(IdRange.Since(gap));
        foreach (var (day, count) in session.List(
            RefusedSql,
            row => (Day: row.NumberOrNull(0), Count: (int)row.Number(1)),
            ("$from", from.ToUnixTimeMilliseconds()),
            ("$to", to.ToUnixTimeMilliseconds()),
            ("$day", DayCounts.DayMilliseconds)))
        {
            days.OfNumber(day).Refused += count;
        }

        return days.Summary((int)session.Number(RepeatedSql)!.Value);

        void Leads(IdRange ids)
        {
            using var rows = session.Query(LeadsSql, ("$from", ids.From), ("$before", ids.Before));
            while (rows.Read())
            {
                var (key, day) = (rows.Number(0), days.Of(rows.Number(1)));
                day.Leads++;
                day.NoDestination += (int)rows.Number(2);
                day.DeadLetter += deadLetters.Contains(key) ? 1 : 0;
                day.InProgress += inProgress.Contains(key) ? 1 : 0;
            }
        }
    }
}
