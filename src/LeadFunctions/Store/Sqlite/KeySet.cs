namespace LeadFunctions.Store.Sqlite;

/// <summary>The keys of leads that stand in a way few do, read from an index that holds nothing else: in order, each once.</summary>
internal sealed class KeySet
{
    private const string DeadLetterSql =
        "SELECT lead_key FROM deliveries INDEXED BY deliveries_dead WHERE status = 'dead_letter' AND ($destination IS NULL OR destination = $destination)";

    /// <summary>Dead letters of one range of keys. Each destination is a range of the index, so that nothing else of it is read.</summary>
    public const string DeadBetweenSql =
        """
        WITH RECURSIVE names (name) AS (
          SELECT coalesce($destination, (SELECT min(destination) FROM deliveries WHERE status = 'dead_letter'))
          UNION ALL
          SELECT (SELECT min(destination) FROM deliveries WHERE status = 'dead_letter' AND destination > name) FROM names WHERE name IS NOT NULL AND $destination IS NULL)
        SELECT lead_key FROM names CROSS JOIN deliveries INDEXED BY deliveries_dead ON destination = name
        WHERE status = 'dead_letter' AND lead_key BETWEEN $lowest AND $highest LIMIT $most
        """;

    private const long NoLimit = -1;

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

    /// <summary>The leads with dead letters (at one destination); null when they are more than <paramref name="most"/>.</summary>
    public static KeySet? ReadFewDead(SqliteSession session, string? destination, int most) =>
        DeadBetween(session, destination, long.MinValue, long.MaxValue, most + 1) is var keys && keys.Count <= most ? Of(keys) : null;

    /// <summary>As <see cref="ReadFewDead"/>, of the keys from one to another, however many.</summary>
    public static KeySet ReadDead(SqliteSession session, string? destination, long lowest, long highest) => Of(DeadBetween(session, destination, lowest, highest, NoLimit));

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

    private static List<long> DeadBetween(SqliteSession session, string? destination, long lowest, long highest, long most) =>
        session.List(DeadBetweenSql, row => row.Number(0), ("$destination", destination), ("$lowest", lowest), ("$highest", highest), ("$most", most));

    private static KeySet Of(List<long> keys)
    {
        // Nearly in order already.
        keys.Sort();
        return new KeySet([.. keys.Where((key, index) => index == 0 || key != keys[index - 1])]);
    }

    private int FirstFrom(long key) => Array.BinarySearch(_keys, key) is var index && index >= 0 ? index : ~index;
}
