using Microsoft.Data.Sqlite;

namespace LeadFunctions.Store.Sqlite;

/// <summary>An open connection with its prepared statements. Not for two threads at once.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(ReferenceEqualityComparer.Instance);

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file; <see cref="SqliteOpenMode.ReadWriteCreate"/> makes it when there is none.</summary>
    public static SqliteSession Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            // busy_timeout waits for another program's lock; the library would begin that wait anew for 30 s by default.
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            // FULL: a commit returns only after the disk has it. That is the promise behind every 202.
            session.Execute(mode == SqliteOpenMode.ReadOnly
                ? "PRAGMA busy_timeout = 5000"
                : "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY");
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs SQL that is built at start or has no parameters; it is not kept prepared.</summary>
    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public long Number(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : 0;
    }

    /// <summary>The statement, prepared at its first use, with these values. <paramref name="sql"/> must be a constant: it is known by reference.</summary>
    public SqliteCommand Statement(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in values)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            _prepared.Add(sql, command);
        }

        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index].Value ?? DBNull.Value;
        }

        return command;
    }

    public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Statement(sql, values).ExecuteNonQuery();

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }
}
