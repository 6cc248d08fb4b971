namespace LeadFunctions.Store.Sqlite;

/// <summary>The keys of leads that stand in a way few do, read from an index that holds nothing else: in order, each once.</summary>
internal sealed class KeySet
{
    private const string DeadLetterSql =
        "SELECT lead_key FROM deliveries INDEXED BY deliveries_dead WHERE status = 'dead_letter' AND ($destination IS NULL OR destination = $destination)";

    private const string InProgressSql =
        """
        SELECT lead_key FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL AND ($destination IS NULL OR destination = $destination)
        UNION ALL
        SELECT lead_key FROM deliveries INDEXED BY deliveries_waiting WHERE status = 'pending' AND due_at IS NULL AND ($destination IS NULL OR destination = $destination)
        """;

    private const string RepeatedSql = "SELECT lead_key FROM repeats";

    private readonly long[] _keys;

    private KeySet(long[] keys) => _keys = keys;

    public int Count => _keys.Length;

    public ReadOnlySpan<long> All => _keys;

    /// <summary>All leads in this state and perhaps others; null when most leads may be in it, and no index holds them.</summary>
    public static KeySet? Read(SqliteSession session, RunState? state, string? destination) => Sql(state) switch
    {
        null => null,
        RepeatedSql => Of(session.List(RepeatedSql, row => row.Number(0))),
        var sql => Of(session.List(sql, row => row.Number(0), ("$destination", destination))),
    };

    /// <summary>The statement behind it.</summary>
    public static string? Sql(RunState? state) => state switch
    {
        RunState.DeadLetter => DeadLetterSql,
        RunState.InProgress => InProgressSql,
        RunState.Repeated => RepeatedSql,
        _ => null,
    };

    /// <summary>The keys from one to another, both among them.</summary>
    public ReadOnlySpan<long> Between(long lowest, long highest) => _keys.AsSpan(FirstFrom(lowest)..FirstFrom(highest + 1));

    public KeySet Without(KeySet other) => new([.. _keys.Where(key => !other.Contains(key))]);

    public bool Contains(long key) => Array.BinarySearch(_keys, key) >= 0;

    private static KeySet Of(List<long> keys)
    {
        // Nearly in order already.
        keys.Sort();
        return new KeySet([.. keys.Where((key, index) => index == 0 || key != keys[index - 1])]);
    }

    private int FirstFrom(long key) => Array.BinarySearch(_keys, key) is var index && index >= 0 ? index : ~index;
}
