namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of what people did to runs.</summary>
internal static class ActTable
{
    private const string InsertSql = "INSERT INTO acts (lead_key, at, by, kind, destination, note) VALUES ($key, $at, $by, $kind, $destination, $note)";

    private const string SelectSql = "SELECT at, by, kind, destination, note FROM acts WHERE lead_key = $key ORDER BY at, rowid";

    public static void Insert(SqliteSession session, long key, RunAct act) =>
        session.Run(
            InsertSql,
            ("$key", key),
            ("$at", act.At.ToUnixTimeMilliseconds()),
            ("$by", act.By),
            ("$kind", act.Kind),
            ("$destination", act.Destination),
            ("$note", act.Note));

    public static List<RunAct> Read(SqliteSession session, long key) =>
        session.List(
            SelectSql,
            row => new RunAct(UnixTime.Of(row.Number(0)), row.Text(1), row.Text(2), row.TextOrNull(3), row.TextOrNull(4)),
            ("$key", key));
}
