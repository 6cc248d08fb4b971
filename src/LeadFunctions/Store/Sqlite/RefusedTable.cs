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

    private const string SelectSql = "SELECT source, event, received_at, http_status, violations, body FROM refused WHERE id = $id";

    public static void Insert(SqliteSession session, RefusedBody refused) =>
        session.Run(
            InsertSql,
            ("$id", refused.Id.ToString()),
            ("$source", refused.Source),
            ("$event", refused.Event),
            ("$at", refused.ReceivedAt.ToUnixTimeMilliseconds()),
            ("$status", (long)refused.HttpStatus),
            ("$violations", JsonSerializer.Serialize(refused.Violations, StoreJson.Default.IReadOnlyListViolation)),
            ("$body", refused.Body.ToArray()));

    public static RefusedBody? Find(SqliteSession session, LeadId id)
    {
        using var row = session.Query(SelectSql, ("$id", id.ToString()));
        return row.Read()
            ? new RefusedBody(
                id,
                row.Text(0),
                row.TextOrNull(1),
                UnixTime.Of(row.Number(2)),
                (int)row.Number(3),
                JsonSerializer.Deserialize(row.Text(4), StoreJson.Default.IReadOnlyListViolation) ?? [],
                row.Bytes(5))
            : null;
    }
}
