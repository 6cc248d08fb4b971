namespace LeadFunctions.Store.Sqlite;

/// <summary>The statements that find the leads of a list. They differ by the state asked for.</summary>
internal static class RunConditions
{
    private const string Matches =
        """
        leads.id >= $from AND leads.id < $before
          AND ($source IS NULL OR leads.source = $source)
          AND ($test IS NULL OR leads.is_test = $test)
        """;

    private const string NewestFirst = "ORDER BY leads.id DESC LIMIT $most";

    private const string All = "($destination IS NULL OR EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND destination = $destination))";

    private const string Delivered =
        """
        CASE WHEN $destination IS NULL
          THEN EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key)
            AND NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status NOT IN ('delivered', 'discarded'))
          ELSE EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND destination = $destination AND status = 'delivered') END
        """;

    // 1 =: an EXISTS that stands alone is turned into an IN by some versions of SQLite, and all deliveries are read before the first lead.
    private const string DeadLetter =
        "1 = EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status = 'dead_letter' AND ($destination IS NULL OR destination = $destination))";

    private const string InProgress =
        """
        1 = EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status IN ('pending', 'in_flight') AND ($destination IS NULL OR destination = $destination))
          AND ($destination IS NOT NULL OR NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status = 'dead_letter'))
        """;

    private const string NoDestination = "$destination IS NULL AND NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key)";

    private const string Repeated = $"1 = EXISTS (SELECT 1 FROM repeats WHERE lead_key = leads.key) AND {All}";

    private const string InRange = $"SELECT leads.key FROM leads WHERE {Matches} AND";

    // CROSS JOIN: the keys come first, each is looked up.
    private const string OfKeys = $"SELECT leads.key FROM json_each($keys) AS given CROSS JOIN leads ON leads.key = given.value WHERE {Matches} AND";

    /// <summary>The leads of a range of ids.</summary>
    public static string RangeSql(RunState? state) => state switch
    {
        null => $"{InRange} {All} {NewestFirst}",
        RunState.Delivered => $"{InRange} {Delivered} {NewestFirst}",
        RunState.InProgress => $"{InRange} {InProgress} {NewestFirst}",
        RunState.DeadLetter => $"{InRange} {DeadLetter} {NewestFirst}",
        RunState.NoDestination => $"{InRange} {NoDestination} {NewestFirst}",
        RunState.Repeated => $"{InRange} {Repeated} {NewestFirst}",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>Those of given keys.</summary>
    public static string KeysSql(RunState? state) => state switch
    {
        null => $"{OfKeys} {All} {NewestFirst}",
        RunState.Delivered => $"{OfKeys} {Delivered} {NewestFirst}",
        RunState.InProgress => $"{OfKeys} {InProgress} {NewestFirst}",
        RunState.DeadLetter => $"{OfKeys} {DeadLetter} {NewestFirst}",
        RunState.NoDestination => $"{OfKeys} {NoDestination} {NewestFirst}",
        RunState.Repeated => $"{OfKeys} {Repeated} {NewestFirst}",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
