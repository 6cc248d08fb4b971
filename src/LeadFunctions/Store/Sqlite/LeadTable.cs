using LeadFunctions.Leads;
using Microsoft.Data.Sqlite;

namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of leads, and of their repeats.</summary>
internal static class LeadTable
{
    private const string FindRepeatedSql = "SELECT key, id FROM leads WHERE fingerprint = $fingerprint AND received_at > $since ORDER BY received_at DESC LIMIT 1";

    private const string InsertRepeatSql = "INSERT INTO repeats (lead_key, received_at) VALUES ($key, $at)";

    // The bytes are UTF-8 already; the cast spares two conversions and keeps the column readable for people.
    private const string InsertSql =
        """
        INSERT INTO leads (id, source, event, received_at, is_test, do_not_contact, fingerprint, content)
        VALUES ($id, $source, $event, $at, $test, $dnc, $fingerprint, CAST($content AS TEXT)) RETURNING key
        """;

    private const string SelectByKeySql = "SELECT id, source, event, received_at, content FROM leads WHERE key = $key";

    private const string FindKeySql = "SELECT key FROM leads WHERE id = $id";

    private const string RepeatsSql = "SELECT received_at FROM repeats WHERE lead_key = $key ORDER BY received_at";

    /// <summary>The earlier lead that this one repeats; safe from races because there is one writer.</summary>
    public static LeadId? FindRepeated(SqliteSession session, byte[] fingerprint, DateTimeOffset since, DateTimeOffset now)
    {
        long key;
        LeadId id;
        using (var reader = session.Statement(FindRepeatedSql, ("$fingerprint", fingerprint), ("$since", since.ToUnixTimeMilliseconds())).ExecuteReader())
        {
            if (!reader.Read())
            {
                return null;
            }

            (key, id) = (reader.GetInt64(0), LeadId.Parse(reader.GetString(1)));
        }

        session.Run(InsertRepeatSql, ("$key", key), ("$at", now.ToUnixTimeMilliseconds()));
        return id;
    }

    public static long Insert(SqliteSession session, Lead lead, byte[] fingerprint, byte[] content) =>
        (long)session.Statement(
            InsertSql,
            ("$id", lead.Id.ToString()),
            ("$source", lead.Source),
            ("$event", lead.Event),
            ("$at", lead.ReceivedAt.ToUnixTimeMilliseconds()),
            ("$test", lead.Facts.IsTest ? 1L : 0L),
            ("$dnc", lead.Facts.DoNotContact ? 1L : 0L),
            ("$fingerprint", fingerprint),
            ("$content", content)).ExecuteScalar()!;

    public static Lead Read(SqliteSession session, long key)
    {
        using var reader = session.Statement(SelectByKeySql, ("$key", key)).ExecuteReader();
        return reader.Read() ? Lead(reader) : throw new InvalidOperationException($"The store has a delivery of lead {key}, but not the lead.");
    }

    public static long? FindKey(SqliteSession session, LeadId id) =>
        session.Statement(FindKeySql, ("$id", id.ToString())).ExecuteScalar() as long?;

    public static List<DateTimeOffset> Repeats(SqliteSession session, long key)
    {
        var repeats = new List<DateTimeOffset>();
        using var reader = session.Statement(RepeatsSql, ("$key", key)).ExecuteReader();
        while (reader.Read())
        {
            repeats.Add(DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)));
        }

        return repeats;
    }

    private static Lead Lead(SqliteDataReader reader) => new(
        LeadId.Parse(reader.GetString(0)),
        reader.GetString(1),
        reader.IsDBNull(2) ? null : reader.GetString(2),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
        new LeadContent(reader.GetFieldValue<byte[]>(4)));
}
