namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of what readers have seen of remote systems.</summary>
internal static class SeenTable
{
    private const string SelectSql = "SELECT key, state FROM seen WHERE reader = $reader";

    private const string RecordSql = "INSERT INTO seen (reader, key, state) VALUES ($reader, $key, $state) ON CONFLICT (reader, key) DO UPDATE SET state = $state";

    private const string ForgetSql = "DELETE FROM seen WHERE reader = $reader AND key = $key";

    public static List<SeenItem> Read(SqliteSession session, string reader) =>
        session.List(SelectSql, row => new SeenItem(row.Text(0), row.Text(1)), ("$reader", reader));

    public static void Record(SqliteSession session, string reader, string key, string? state)
    {
        if (state is null)
        {
            session.Run(ForgetSql, ("$reader", reader), ("$key", key));
        }
        else
        {
            session.Run(RecordSql, ("$reader", reader), ("$key", key), ("$state", state));
        }
    }
}
