using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of bodies that were not accepted.</summary>
internal static class RefusedTable
{
    private const string InsertSql =
        """
        INSERT INTO refused (id, source, event, received_at, http_status, violations, body)
        VALUES ($id, $source, $event, $at, $status, $violations, $body)
        """;

    private const string SelectSql =
        "SELECT source, event, received_at, http_status, violations, body, replayed_at, replayed_by, repeats FROM refused WHERE id = $id";

    private const string ListSql =
        """
        SELECT source, event, received_at, http_status, violations, body, replayed_at, replayed_by, repeats, id FROM refused
        WHERE id >= $from AND id < $before AND ($source IS NULL OR source = $source) ORDER BY id DESC
        """;

    // What was erased meanwhile is not brought back.
    private const string ReplaySql =
        "UPDATE refused SET replayed_at = $now, replayed_by = $by WHERE id = $id AND replayed_at IS NULL AND length(body) > 0";

    private const string RepeatsSql = "UPDATE refused SET repeats = $lead WHERE id = $id";

    public static void Insert(SqliteSession session, RefusedBody refused) =>
        session.Run(
            InsertSql,
            ("$id", refused.Id.ToString()),
            ("$source", refused.Source),
            ("$event", refused.Event),
            ("$at", refused.ReceivedAt.ToUnixTimeMilliseconds()),
            ("$status", (long)refused.HttpStatus),
            ("$violations", Json(refused.Violations)),
            ("$body", refused.Body.ToArray()));

    public static RefusedBody? Find(SqliteSession session, LeadId id)
    {
        using var row = session.Query(SelectSql, ("$id", id.ToString()));
        return row.Read() ? Read(row, id) : null;
    }

    public static string Json(IReadOnlyList<Violation> violations) =>
        JsonSerializer.Serialize(violations, StoreJson.Default.IReadOnlyListViolation);

    /// <summary>Notes that the body was taken; false when it had been before, or is gone.</summary>
    public static bool Replay(SqliteSession session, LeadId id, string by, DateTimeOffset now) =>
        session.Run(ReplaySql, ("$id", id.ToString()), ("$by", by), ("$now", now.ToUnixTimeMilliseconds())) == 1;

    /// <summary>Notes which lead the body repeats.</summary>
    public static void Repeats(SqliteSession session, LeadId id, LeadId lead) =>
        session.Run(RepeatsSql, ("$id", id.ToString()), ("$lead", lead.ToString()));

    /// <summary>Newest first. Of the filter counts what a body that is no lead has: its source, its time and its text.</summary>
    public static Page<RefusedBody> List(SqliteSession session, RunFilter filter, LeadId? before, int take, CancellationToken stop)
    {
        var ids = IdRange.Of(filter, before);
        var page = PageInMaking.OfRefused(take);
        using var rows = session.Query(ListSql, ("$from", ids.From), ("$before", ids.Before), ("$source", filter.Source));
        while (rows.Read())
        {
            stop.ThrowIfCancellationRequested();
            var refused = Read(rows, rows.Id(9));
            var matches = filter.Text is not { } text || refused.Text.Contains(text, StringComparison.OrdinalIgnoreCase);
            if (matches && !page.TryAdd(refused))
            {
                return page.End(isMore: true);
            }
        }

        return page.End(isMore: false);
    }

    private static RefusedBody Read(SqliteStatement row, LeadId id) => new(
        id,
        row.Text(0),
        row.TextOrNull(1),
        row.Time(2),
        (int)row.Number(3),
        JsonSerializer.Deserialize(row.Text(4), StoreJson.Default.IReadOnlyListViolation) ?? [],
        row.Bytes(5))
    {
        ReplayedAt = row.TimeOrNull(6),
        ReplayedBy = row.TextOrNull(7),
        Repeats = row.IsNull(8) ? null : row.Id(8),
    };
}
