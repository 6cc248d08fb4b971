using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Reads runs out of all tables: one, or those that match a filter, newest first.</summary>
internal static class RunTables
{
    private const string Matches =
        """
        leads.id >= $from AND leads.id < $before
          AND ($source IS NULL OR leads.source = $source)
          AND ($test IS NULL OR leads.is_test = $test)
        """;

    private const string GoesThere =
        "($destination IS NULL OR EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND destination = $destination))";

    private const string NewestFirst = "ORDER BY leads.id DESC LIMIT $most";

    private const string AllSql = $"SELECT leads.key FROM leads WHERE {Matches} AND {GoesThere} {NewestFirst}";

    private const string DeliveredSql =
        $"""
        SELECT leads.key FROM leads WHERE {Matches}
          AND CASE WHEN $destination IS NULL
            THEN EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key)
              AND NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status NOT IN ('delivered', 'discarded'))
            ELSE EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND destination = $destination AND status = 'delivered') END
        {NewestFirst}
        """;

    // The three below begin with what is rare, in an index that holds nothing else, and look up its leads: CROSS JOIN keeps that order.
    private const string DeadLetterSql =
        $"""
        SELECT leads.key FROM (
          SELECT DISTINCT lead_key FROM deliveries INDEXED BY deliveries_dead
          WHERE status = 'dead_letter' AND ($destination IS NULL OR destination = $destination)) AS dead
        CROSS JOIN leads ON leads.key = dead.lead_key
        WHERE {Matches} {NewestFirst}
        """;

    private const string InProgressSql =
        $"""
        SELECT leads.key FROM (
          SELECT DISTINCT lead_key FROM deliveries INDEXED BY deliveries_due
          WHERE due_at IS NOT NULL AND ($destination IS NULL OR destination = $destination)) AS waiting
        CROSS JOIN leads ON leads.key = waiting.lead_key
        WHERE {Matches}
          AND ($destination IS NOT NULL OR NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status = 'dead_letter'))
        {NewestFirst}
        """;

    private const string NoDestinationSql =
        $"SELECT leads.key FROM leads WHERE {Matches} AND $destination IS NULL AND NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key) {NewestFirst}";

    private const string RepeatedSql =
        $"""
        SELECT leads.key FROM (SELECT DISTINCT lead_key FROM repeats) AS repeated
        CROSS JOIN leads ON leads.key = repeated.lead_key
        WHERE {Matches} AND {GoesThere} {NewestFirst}
        """;

    /// <summary>One run with everything about it.</summary>
    public static Run ReadWhole(SqliteSession session, long key)
    {
        var run = Read(session, key);
        var requests = RequestTable.Read(session, key);
        return run with { Deliveries = [.. run.Deliveries.Select(delivery => delivery with { Request = requests.GetValueOrDefault(delivery.Destination) })] };
    }

    private static Run Read(SqliteSession session, long key)
    {
        var attempts = AttemptTable.Read(session, key);
        var lead = LeadTable.Read(session, key);
        // Reads it now, while a fault is still the store's to report.
        _ = lead.Content.Root;
        return new Run(
            lead,
            [.. DeliveryTable.Read(session, key).Select(row => new RunDelivery(row.Destination, row.State, [.. attempts[row.Destination]], row.After))],
            LeadTable.Repeats(session, key),
            ActTable.Read(session, key));
    }

    public static Page<Run> List(SqliteSession session, RunFilter filter, LeadId? before, int take)
    {
        // One more than asked for tells whether there is a next page.
        var keys = Keys(session, filter, before, take + 1);
        Run[] runs = [.. keys.Take(take).Select(key => Read(session, key))];
        return new Page<Run>(runs, keys.Count > take ? runs[^1].Lead.Id : null);
    }

    /// <summary>The statement behind a list.</summary>
    public static string Sql(RunState? state) => state switch
    {
        null => AllSql,
        RunState.Delivered => DeliveredSql,
        RunState.InProgress => InProgressSql,
        RunState.DeadLetter => DeadLetterSql,
        RunState.NoDestination => NoDestinationSql,
        RunState.Repeated => RepeatedSql,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private static List<long> Keys(SqliteSession session, RunFilter filter, LeadId? before, int most)
    {
        const long NoLimit = -1;
        var ids = IdRange.Of(filter, before);
        var keys = new List<long>();
        using var rows = session.Query(
            Sql(filter.State),
            ("$from", ids.From),
            ("$before", ids.Before),
            ("$source", filter.Source),
            ("$test", filter.IsTest is { } test ? (test ? 1 : 0) : default(SqlValue)),
            ("$destination", filter.Destination),
            ("$most", filter.Text is null ? most : NoLimit));
        // A search reads lead after lead until it has found enough. It is done here because SQLite's LIKE knows the casing of English letters alone.
        while (keys.Count < most && rows.Read())
        {
            var key = rows.Number(0);
            if (filter.Text is not { } text || LeadSearch.Finds(text, LeadTable.Read(session, key).Content))
            {
                keys.Add(key);
            }
        }

        return keys;
    }
}
