using System.Text.Unicode;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of leads, and of their repeats.</summary>
internal static class LeadTable
{
    private const string InsertRepeatSql = "INSERT INTO repeats (lead_key, received_at) VALUES ($key, $at)";

    // The bytes are UTF-8 already; the cast spares two conversions and keeps the column readable for people.
    private const string InsertSql =
        """
        INSERT INTO leads (
          id, source, event, received_at, is_test, do_not_contact, fingerprint, content, row_id, row_order, group_id, subject, trace,
          searched)
        VALUES (
          $id, $source, $event, $at, $test, $dnc, $fingerprint, CAST($content AS TEXT), $rowId, $rowOrder, $groupId, $subject, $trace,
          $searched)
        """;

    private const string SelectByKeySql =
        "SELECT id, source, event, received_at, content, row_id, row_order, group_id, subject, trace FROM leads WHERE key = $key";

    private const string FindIdSql = "SELECT id FROM leads WHERE key = $key AND fingerprint = $fingerprint";

    private const string RepeatsSql = "SELECT received_at FROM repeats WHERE lead_key = $key ORDER BY received_at";

    private const string LaterSql =
        """
        SELECT event, EXISTS (SELECT 1 FROM deliveries WHERE lead_key = leads.key AND destination = $destination AND status <> 'discarded')
        FROM leads WHERE row_id = $rowId AND (row_order, key) > ($rowOrder, $key) ORDER BY row_order, key
        """;

    private const string NewestSql = "SELECT key FROM leads WHERE row_id = $rowId ORDER BY row_order DESC, key DESC LIMIT 1";

    // An event of a shared row has few others, so that the deduplication key needs no index.
    private const string FindRepeatedSql =
        "SELECT key FROM leads WHERE row_id = $rowId AND fingerprint = $fingerprint AND received_at > $since ORDER BY key DESC LIMIT 1";

    private const string NewestOfGroupSql =
        """
        SELECT key FROM leads AS newest WHERE group_id = $groupId AND id NOT IN (SELECT value FROM json_each($except)) AND NOT EXISTS (
          SELECT 1 FROM leads AS newer
          WHERE newer.row_id = newest.row_id AND (newer.row_order, newer.key) > (newest.row_order, newest.key)
            AND newer.id NOT IN (SELECT value FROM json_each($except)))
        """;

    /// <summary>Adds a lead and gives its key.</summary>
    /// <param name="searched">See <see cref="LeadIndex.Text"/>.</param>
    public static long Insert(SqliteSession session, Lead lead, byte[] deduplicationKey, byte[] searched)
    {
        session.Run(
            InsertSql,
            ("$id", lead.Id.ToString()),
            ("$source", lead.Source),
            ("$event", lead.Event),
            ("$at", lead.ReceivedAt.ToUnixTimeMilliseconds()),
            ("$test", lead.IsTest ? 1 : 0),
            ("$dnc", lead.DoNotContact ? 1 : 0),
            ("$fingerprint", deduplicationKey),
            ("$content", lead.Content.Utf8),
            ("$rowId", lead.SharedRow?.RowId.ToString()),
            ("$rowOrder", lead.SharedRow?.Order.Stored),
            ("$groupId", lead.SharedRow?.GroupId.ToString()),
            ("$subject", StoredSharedRow.ToJson(lead.SharedRow)),
            ("$trace", lead.Trace),
            ("$searched", searched));
        return session.LastKey;
    }

    /// <summary>
    /// Notes that a lead was posted again, and gives its id; null when it has been removed meanwhile (its key may have been given to
    /// another lead since).
    /// </summary>
    public static LeadId? Repeat(SqliteSession session, long key, byte[] deduplicationKey, DateTimeOffset at)
    {
        using (var row = session.Query(FindIdSql, ("$key", key), ("$fingerprint", deduplicationKey)))
        {
            if (row.Read())
            {
                var id = row.Id(0);
                session.Run(InsertRepeatSql, ("$key", key), ("$at", at.ToUnixTimeMilliseconds()));
                return id;
            }
        }

        return null;
    }

    public static Lead Read(SqliteSession session, long key) => Find(session, key) ?? throw SqliteFault.Damaged($"lead {key}");

    public static Lead? Find(SqliteSession session, long key)
    {
        using var row = session.Query(SelectByKeySql, ("$key", key));
        if (!row.Read())
        {
            return null;
        }

        var (content, sharedRow) = Content(row);
        return new Lead(row.Id(0), row.Text(1), row.TextOrNull(2), row.Time(3), content, sharedRow) { Trace = row.TextOrNull(9) };
    }

    public static long? FindNewestKey(SqliteSession session, LeadId rowId) => session.Number(NewestSql, ("$rowId", rowId.ToString()));

    /// <summary>The key of the newest identical lead of a shared row that was received after a time; null when there is none.</summary>
    public static long? FindRepeated(SqliteSession session, SharedRow sharedRow, byte[] deduplicationKey, DateTimeOffset since) =>
        session.Number(
            FindRepeatedSql,
            ("$rowId", sharedRow.RowId.ToString()),
            ("$fingerprint", deduplicationKey),
            ("$since", since.ToUnixTimeMilliseconds()));

    public static List<Lead> NewestOfGroup(SqliteSession session, LeadId groupId, IReadOnlyCollection<LeadId> except) =>
        session.List(
            NewestOfGroupSql,
            row => row.Number(0),
            ("$groupId", groupId.ToString()),
            ("$except", $"[{string.Join(',', except.Select(id => $"\"{id}\""))}]")).ConvertAll(key => Read(session, key));

    public static List<DateTimeOffset> Repeats(SqliteSession session, long key) =>
        session.List(RepeatsSql, row => row.Time(0), ("$key", key));

    /// <summary>The newer events of the lead's shared row, the newest last.</summary>
    public static List<LaterEvent> Later(SqliteSession session, long key, SharedRow sharedRow, string destination) =>
        session.List(
            LaterSql,
            row => new LaterEvent(row.TextOrNull(0), row.Number(1) == 1),
            ("$key", key),
            ("$rowId", sharedRow.RowId.ToString()),
            ("$rowOrder", sharedRow.Order.Stored),
            ("$destination", destination));

    private static (LeadContent Content, SharedRow? SharedRow) Content(SqliteStatement row)
    {
        var utf8 = row.Bytes(4);
        var content = Utf8.IsValid(utf8) ? new LeadContent(utf8) : throw SqliteFault.Damaged("a lead's content");
        if (row.IsNull(5))
        {
            return (content, null);
        }

        var sharedRow = new SharedRow(row.Id(5), EventOrder.FromStored(row.Number(6))) { GroupId = row.Id(7) };
        return StoredSharedRow.Read(row.TextOrNull(8), sharedRow, content);
    }
}
