namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Divides a walk through <see cref="LeadIndex"/> that would be long. The middle is found by the leads' keys, which were given in the order
/// in which leads came, and that is nearly the order of ids. It need not be quite the middle: any id divides a range of ids.
/// </summary>
internal static class LeadHalves
{
    /// <summary>So many leads are walked through in one piece: two connections would save less than they cost.</summary>
    public const int Undivided = 50_000;

    // Of some, because a lead that was replayed has a larger key than those beside it.
    private const string NewestKeySql =
        "SELECT min(lead_key) FROM (SELECT lead_key FROM lead_index WHERE id >= $from AND id < $before ORDER BY id DESC LIMIT 20)";

    // Not of the very oldest: dead letters stay when all others of their time are removed, and the middle between their keys and the
    // newest would be far from that of the leads.
    private const string OldKeySql =
        """
        SELECT min(lead_key) FROM (
          SELECT lead_key FROM lead_index WHERE id >= $from AND id < $before ORDER BY id LIMIT 20 OFFSET $oldest)
        """;

    private const string IdSql = "SELECT id FROM leads WHERE key >= $key ORDER BY key LIMIT 1";

    /// <summary>The newest leads of a range, among which a page is mostly found, and all others; null when there are no others.</summary>
    public static (IdRange Newest, IdRange Others)? Newest(SqliteSession session, IdRange ids, int undivided)
    {
        var end = NewestKey(session, ids) - (undivided / 2);
        return end > 0 ? At(session, ids, end.Value) : null;
    }

    /// <summary>About equally many leads each; null when there are few.</summary>
    public static (IdRange Newer, IdRange Older)? Of(SqliteSession session, IdRange ids, int undivided)
    {
        var old = session.Number(OldKeySql, ("$from", ids.From), ("$before", ids.Before), ("$oldest", undivided / 50));
        var newest = NewestKey(session, ids);
        return newest - old >= undivided ? At(session, ids, (old!.Value + newest!.Value) / 2) : null;
    }

    private static long? NewestKey(SqliteSession session, IdRange ids) =>
        session.Number(NewestKeySql, ("$from", ids.From), ("$before", ids.Before));

    private static (IdRange Newer, IdRange Older)? At(SqliteSession session, IdRange ids, long key) =>
        session.List(IdSql, row => row.Text(0), ("$key", key)) is [var middle] ? ids.Divide(middle) : null;
}
