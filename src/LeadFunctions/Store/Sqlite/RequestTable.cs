namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of what was sent: of each delivery, what its last attempt sent.</summary>
internal static class RequestTable
{
    private const string KeepSql = "INSERT OR REPLACE INTO requests (lead_key, destination, request) VALUES ($key, $destination, $request)";

    private const string SelectSql = "SELECT destination, request FROM requests WHERE lead_key = $key";

    public static void Keep(SqliteSession session, long key, string destination, string request) =>
        session.Run(KeepSql, ("$key", key), ("$destination", destination), ("$request", request));

    /// <summary>By destination.</summary>
    public static Dictionary<string, string> Read(SqliteSession session, long key) =>
        session.List(SelectSql, row => KeyValuePair.Create(row.Text(0), row.Text(1)), ("$key", key)).ToDictionary(StringComparer.Ordinal);
}
