using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Data.Sqlite;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>A database file of a test's own, opened as the program opens it or by another program.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.File("leads.db");

    public ManualTime Time { get; } = new();

    /// <param name="undivided">So many leads are walked through in one piece.</param>
    public SqliteLeadStore Open(int undivided = LeadHalves.Undivided) =>
        SqliteLeadStore.Open(Path, new DueSignal(), Time, undivided: undivided);

    /// <summary>A connection that knows nothing of the program.</summary>
    public SqliteConnection Foreign()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Run(string sql)
    {
        using var connection = Foreign();
        connection.Run(sql);
    }

    /// <param name="of">A table, and perhaps a condition.</param>
    public long Count(string of)
    {
        using var connection = Foreign();
        return (long)connection.Run($"SELECT count(*) FROM {of}")!;
    }

    public void Dispose() => _folder.Dispose();
}

internal static class SqliteConnections
{
    public static object? Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
