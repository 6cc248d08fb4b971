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
        using var reader = session.Statement(SelectSql, ("$id", id.ToString())).ExecuteReader();
        return reader.Read()
            ? new RefusedBody(
                id,
                reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetString(1),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
                reader.GetInt32(3),
                JsonSerializer.Deserialize(reader.GetString(4), StoreJson.Default.IReadOnlyListViolation) ?? [],
                reader.GetFieldValue<byte[]>(5))
            : null;
    }
}
