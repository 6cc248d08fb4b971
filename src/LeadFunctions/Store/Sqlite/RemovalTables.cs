using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Takes old runs and refused bodies out of all tables. Ids sort by time, so age needs no index of its own.</summary>
internal static class RemovalTables
{
    private const string OldSql =
        """
        SELECT id, key, NOT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND status NOT IN ('delivered', 'discarded')), row_id
        FROM leads WHERE id > $after AND id < $before ORDER BY id LIMIT $most
        """;

    private const string CountOfRowSql = "SELECT count(*) FROM leads WHERE row_id = $rowId";

    private const string RemoveRefusedSql = "DELETE FROM refused WHERE id IN (SELECT id FROM refused WHERE id < $before ORDER BY id LIMIT $most)";

    private static readonly string[] RemoveSql =
    [
        "DELETE FROM attempts WHERE lead_key = $key",
        "DELETE FROM requests WHERE lead_key = $key",
        "DELETE FROM acts WHERE lead_key = $key",
        "DELETE FROM deliveries WHERE lead_key = $key",
        "DELETE FROM repeats WHERE lead_key = $key",
        "DELETE FROM leads WHERE key = $key",
    ];

    public static RemovalStep Step(SqliteSession session, DateTimeOffset before, LeadId? after, int most)
    {
        var oldest = LeadId.First(before).ToString();
        var seen = session.List(
            OldSql,
            row => (Id: row.Text(0), Key: row.Number(1), Finished: row.Number(2) == 1, RowId: row.TextOrNull(3)),
            ("$after", after?.ToString() ?? ""),
            ("$before", oldest),
            ("$most", most));

        var refused = session.Run(RemoveRefusedSql, ("$before", oldest), ("$most", most));
        var removed = 0;
        foreach (var (_, key, _, _) in seen.Where(lead => lead.Finished && !(lead.RowId is { } row && IsNeeded(session, lead.Key, LeadId.Parse(row), before))))
        {
            removed++;
            foreach (var sql in RemoveSql)
            {
                session.Run(sql, ("$key", key));
            }
        }

        var more = seen.Count == most || refused == most;
        return new RemovalStep(
            removed + refused,
            more ? (seen.Count > 0 ? LeadId.Parse(seen[^1].Id) : after ?? default(LeadId)) : null);
    }

    /// <summary>The newest of a subject says how long the others are needed, and is needed as long as there are others.</summary>
    private static bool IsNeeded(SqliteSession session, long key, LeadId rowId, DateTimeOffset before) =>
        LeadTable.FindNewestKey(session, rowId) is { } newest
        && (LeadTable.Read(session, newest).AgesFrom >= before || (newest == key && session.Number(CountOfRowSql, ("$rowId", rowId.ToString())) > 1));
}
