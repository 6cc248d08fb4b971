namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of <see cref="IKeyValueStore"/>, called <c>seen</c> since the time when only readers of calendars used it.</summary>
internal static class KeyValueTable
{
    private const string SelectSql = "SELECT key, state FROM seen WHERE reader = $reader";

    private const string RecordSql =
        "INSERT INTO seen (reader, key, state) VALUES ($reader, $key, $state) ON CONFLICT (reader, key) DO UPDATE SET state = $state";

    private const string ForgetSql = "DELETE FROM seen WHERE reader = $reader AND key = $key";

    public static List<StoredValue> Read(SqliteSession session, string scope) =>
        session.List(SelectSql, row => new StoredValue(row.Text(0), row.Text(1)), ("$reader", scope));

    public static void Record(SqliteSession session, string scope, string key, string? value)
    {
        if (value is null)
        {
            session.Run(ForgetSql, ("$reader", scope), ("$key", key));
        }
        else
        {
            session.Run(RecordSql, ("$reader", scope), ("$key", key), ("$state", value));
        }
    }
}
