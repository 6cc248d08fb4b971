using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Takes old runs and refused bodies out of all tables. Ids sort by time, so age needs no index of its own.</summary>
internal static class RemovalTables
{
    private const string OldSql =
        """
        SELECT lead_index.id, key, row_id, NOT EXISTS (
          SELECT 1 FROM deliveries WHERE deliveries.lead_key = key AND status NOT IN ('delivered', 'discarded'))
        FROM lead_index CROSS JOIN leads ON leads.key = lead_index.lead_key
        WHERE lead_index.id > $after AND lead_index.id < $before ORDER BY lead_index.id LIMIT $most
        """;

    private const string CountOfRowSql = "SELECT count(*) FROM leads WHERE row_id = $rowId";

    private const string RemoveRefusedSql =
        "DELETE FROM refused WHERE id IN (SELECT id FROM refused WHERE id < $before ORDER BY id LIMIT $most)";

    private static readonly string[] RemoveSql =
    [
        "DELETE FROM attempts WHERE lead_key = $key",
        "DELETE FROM requests WHERE lead_key = $key",
        "DELETE FROM acts WHERE lead_key = $key",
        "DELETE FROM deliveries WHERE lead_key = $key",
        "DELETE FROM repeats WHERE lead_key = $key",
        "DELETE FROM lead_index WHERE id = (SELECT id FROM leads WHERE key = $key)",
        "DELETE FROM leads WHERE key = $key",
    ];

    public static RemovalStep Step(SqliteSession session, DateTimeOffset before, LeadId? after, int most)
    {
        var oldest = LeadId.First(before).ToString();
        var seen = session.List(
            OldSql,
            row => (Id: row.Id(0), Key: row.Number(1), RowId: row.IsNull(2) ? default(LeadId?) : row.Id(2), Finished: row.Number(3) == 1),
            ("$after", after?.ToString() ?? ""),
            ("$before", oldest),
            ("$most", most));

        var refused = session.Run(RemoveRefusedSql, ("$before", oldest), ("$most", most));
        var removed = 0;
        foreach (var (_, key, rowId, _) in seen.Where(lead => lead.Finished))
        {
            if (rowId is { } row && IsNeeded(session, key, row, before))
            {
                continue;
            }

            removed++;
            foreach (var sql in RemoveSql)
            {
                session.Run(sql, ("$key", key));
            }
        }

        var more = seen.Count == most || refused == most;
        return new RemovalStep(
            removed + refused,
            more ? (seen.Count > 0 ? seen[^1].Id : after ?? default(LeadId)) : null);
    }

    /// <summary>The newest of a shared row says how long the others are needed, and is needed as long as there are others.</summary>
    private static bool IsNeeded(SqliteSession session, long key, LeadId rowId, DateTimeOffset before) =>
        LeadTable.FindNewestKey(session, rowId) is { } newest
        && (LeadTable.Read(session, newest).AgesFrom >= before
            || (newest == key && session.Number(CountOfRowSql, ("$rowId", rowId.ToString())) > 1));
}
