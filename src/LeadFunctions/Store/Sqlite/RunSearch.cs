namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Finds the leads that match a filter, newest first. Each list is a walk through <see cref="LeadIndex"/> that ends when the page is full.
/// What few leads are (dead letters, unfinished, repeated) has an index of its own, which is asked instead when a walk could be long.
/// What else is long is divided into <see cref="LeadHalves"/>.
/// </summary>
internal static class RunSearch
{
    // So few are looked up rather than walked to.
    private const int Few = 2_000;

    // Of what is not few the newest page is mostly among these.
    private const int Stretch = 20_000;

    private const string DeadLettersSql = "SELECT lead_key FROM deliveries INDEXED BY deliveries_dead WHERE status = 'dead_letter'";
    private const string DueSql = "SELECT lead_key FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL";

    private const string WaitingSql =
        "SELECT lead_key FROM deliveries INDEXED BY deliveries_waiting WHERE status = 'pending' AND due_at IS NULL";

    private const string RepeatedSql = "SELECT lead_key FROM repeats";

    // Bytes of a lead's content: with all else that its row has it is on one page.
    private const int Small = 2_000;

    private const string BitsSql =
        """
        letters & $letters = $letters
          AND pairs1 & $pairs1 = $pairs1 AND pairs2 & $pairs2 = $pairs2 AND pairs3 & $pairs3 = $pairs3
        """;

    private const string ToDestination = " AND destination = $destination";
    private const string OfLead = "FROM deliveries WHERE lead_key = lead_index.lead_key";

    private const string StretchSql =
        "SELECT id FROM lead_index WHERE id >= $from AND id < $before ORDER BY id DESC LIMIT 1 OFFSET $stretch";

    /// <summary>The keys of the leads, at most <paramref name="most"/>.</summary>
    public static List<long> Keys(SqliteSession session, RunFilter filter, IdRange ids, int most)
    {
        if (RareSql(filter) is not { } rare)
        {
            return Read(session, WalkSql(filter), filter, ids, most);
        }

        var countSql = $"SELECT count(*) FROM (SELECT 1 FROM ({rare}) LIMIT $most)";
        if (session.Number(countSql, Values(countSql, filter, ids, Few + 1)) <= Few)
        {
            return Read(session, LookUpSql(filter, rare), filter, ids, most);
        }

        var ends = session.List(StretchSql, row => row.Text(0), ("$from", ids.From), ("$before", ids.Before), ("$stretch", Stretch));
        var end = ends.FirstOrDefault();
        var found = Read(session, WalkSql(filter), filter, end is null ? ids : ids with { From = end }, most);
        if (end is not null && found.Count < most)
        {
            found.AddRange(Read(session, LookUpSql(filter, rare), filter, ids with { Before = end }, most - found.Count));
        }

        return found;
    }

    /// <summary>Leads of a range of ids: the walk goes through that range alone, and needs no sorting.</summary>
    public static string WalkSql(RunFilter filter) =>
        $"SELECT lead_key FROM lead_index WHERE {All([.. InIndex(filter), .. State(filter)])} ORDER BY id DESC LIMIT $most";

    /// <summary>
    /// The same leads, each looked up by its key: all that the walk finds in the index, a lead's own row has too.
    /// </summary>
    public static string LookUpSql(RunFilter filter, string rare) =>
        $"""
        SELECT key FROM leads WHERE key IN ({rare}) AND {All([.. InOwnRow(filter), .. Besides(filter, "key")])}
        ORDER BY id DESC LIMIT $most
        """;

    /// <summary>
    /// The keys of all leads in the filter's state, read from an index that holds nothing else; null when most leads may be in it.
    /// </summary>
    public static string? RareSql(RunFilter filter) => (filter.State, filter.Destination) switch
    {
        (RunState.DeadLetter, null) => DeadLettersSql,
        (RunState.DeadLetter, _) => DeadLettersSql + ToDestination,
        (RunState.InProgress, null) => $"{DueSql} UNION ALL {WaitingSql}",
        (RunState.InProgress, _) => $"{DueSql}{ToDestination} UNION ALL {WaitingSql}{ToDestination}",
        (RunState.Repeated, _) => RepeatedSql,
        _ => null,
    };

    /// <summary>The times at which the leads arrived that are dead letters, or in progress: the same times as in their ids.</summary>
    public static string TimesSql(RunState state)
    {
        var filter = new RunFilter(state);
        return $"SELECT received_at FROM leads WHERE {All([$"key IN ({RareSql(filter)})", .. Besides(filter, "key")])}";
    }

    /// <summary>What a statement for a filter asks for.</summary>
    public static (string Name, SqlValue Value)[] Values(string sql, RunFilter filter, IdRange ids, int most)
    {
        var text = LeadIndex.Text.Of(filter.Text ?? "");
        (string Name, SqlValue Value)[] all =
        [
            ("$from", ids.From),
            ("$before", ids.Before),
            ("$source", filter.Source),
            ("$test", filter.IsTest is { } isTest ? (isTest ? 1 : 0) : default(SqlValue)),
            ("$destination", filter.Destination),
            ("$among", $"\n{LeadIndex.Entry.Among(filter.Destination ?? "")}"),
            ("$text", text.Utf8),
            ("$letters", text.Letters),
            ("$pairs1", text.Pairs1),
            ("$pairs2", text.Pairs2),
            ("$pairs3", text.Pairs3),
            ("$ways", RouteBit(filter.Source) | RouteBit(filter.Destination)),
            ("$most", most),
        ];
        return [.. all.Where(value => sql.Contains(value.Name, StringComparison.Ordinal))];
    }

    private static long RouteBit(string? name) => name is null ? 0 : LeadIndex.Entry.RouteBit(name);

    private static string All(IEnumerable<string> conditions) => string.Join(" AND ", conditions);

    private static List<long> Read(SqliteSession session, string sql, RunFilter filter, IdRange ids, int most) =>
        session.List(sql, row => row.Number(0), Values(sql, filter, ids, most));

    /// <summary>What never changes of a lead, and has a column in the index and in the lead's own row.</summary>
    private static IEnumerable<string> Lasting(RunFilter filter)
    {
        yield return "id >= $from AND id < $before";
        if (filter.Source is not null)
        {
            yield return "source = $source";
        }

        if (filter.IsTest is not null)
        {
            yield return "is_test = $test";
        }
    }

    /// <summary>What never changes, asked of the index: its bits first, which tell most leads apart.</summary>
    private static IEnumerable<string> InIndex(RunFilter filter)
    {
        if (filter.Source is not null || filter.Destination is not null)
        {
            yield return "ways & $ways = $ways";
        }

        foreach (var condition in Lasting(filter))
        {
            yield return condition;
        }

        if (filter.Destination is not null)
        {
            yield return "instr(destinations, $among) > 0";
        }

        if (filter.Text is not null)
        {
            yield return BitsSql;
            yield return "instr((SELECT searched FROM leads WHERE key = lead_index.lead_key), $text) > 0";
        }
    }

    /// <summary>The same, asked of the lead's own row.</summary>
    private static IEnumerable<string> InOwnRow(RunFilter filter)
    {
        foreach (var condition in Lasting(filter))
        {
            yield return condition;
        }

        // The other states' keys are the destination's already.
        if (filter is { Destination: not null, State: RunState.Repeated })
        {
            yield return $"1 = EXISTS (SELECT 1 FROM deliveries WHERE lead_key = key{ToDestination})";
        }

        if (filter.Text is not null)
        {
            // What lies on several pages is not read for nothing.
            yield return $"(octet_length(content) < {Small} OR 1 = EXISTS (SELECT 1 FROM lead_index WHERE id = leads.id AND {BitsSql}))";
            yield return "instr(searched, $text) > 0";
        }
    }

    // 1 =: an EXISTS that stands alone is turned into an IN by some versions of SQLite, and all deliveries are read before the first lead.
    private static IEnumerable<string> State(RunFilter filter) => (filter.State, filter.Destination) switch
    {
        (null, _) => [],
        (RunState.Delivered, null) =>
            ["destinations <> ''", $"NOT EXISTS (SELECT 1 {OfLead} AND status NOT IN ('delivered', 'discarded'))"],
        (RunState.Delivered, _) => [$"1 = EXISTS (SELECT 1 {OfLead} AND status = 'delivered'{ToDestination})"],
        (RunState.NoDestination, null) => ["destinations = ''"],
        (RunState.NoDestination, _) => ["0"],
        (RunState.DeadLetter, null) => [$"1 = EXISTS (SELECT 1 {OfLead} AND status = 'dead_letter')"],
        (RunState.DeadLetter, _) => [$"1 = EXISTS (SELECT 1 {OfLead} AND status = 'dead_letter'{ToDestination})"],
        (RunState.InProgress, null) =>
            [$"1 = EXISTS (SELECT 1 {OfLead} AND status IN ('pending', 'in_flight'))", .. Besides(filter, "lead_index.lead_key")],
        (RunState.InProgress, _) => [$"1 = EXISTS (SELECT 1 {OfLead} AND status IN ('pending', 'in_flight'){ToDestination})"],
        (RunState.Repeated, _) => ["1 = EXISTS (SELECT 1 FROM repeats WHERE lead_key = lead_index.lead_key)"],
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    /// <summary>What the index of the filter's state does not tell.</summary>
    private static IEnumerable<string> Besides(RunFilter filter, string key) => filter is { State: RunState.InProgress, Destination: null }
        ? [$"NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = {key} AND status = 'dead_letter')"]
        : [];
}
