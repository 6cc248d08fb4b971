using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>How a file is opened.</summary>
internal enum SqliteMode
{
    /// <summary>The file is made when there is none.</summary>
    Create,
    Write,
    Read,
}

/// <summary>An open database file with its prepared statements. Not for two threads at once. Throws <see cref="SqliteFault"/>.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>How long another program's lock is waited for.</summary>
    private const int PatienceMilliseconds = 5_000;

    private readonly sqlite3 _database;
    private readonly Dictionary<string, SqliteStatement> _prepared = new(ReferenceEqualityComparer.Instance);

    static SqliteSession()
    {
        Batteries_V2.Init();
        // Nobody asks SQLite how much memory it uses, and counting it takes a lock at every allocation.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private SqliteSession(sqlite3 database) => _database = database;

    public static SqliteSession Open(string path, SqliteMode mode)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | mode switch
        {
            SqliteMode.Create => raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE,
            SqliteMode.Write => raw.SQLITE_OPEN_READWRITE,
            _ => raw.SQLITE_OPEN_READONLY,
        };
        var code = raw.sqlite3_open_v2(path, out var database, flags, null);
        var session = new SqliteSession(database);
        try
        {
            SqliteFault.ThrowUnless(code == raw.SQLITE_OK, database);
            raw.sqlite3_busy_timeout(database, PatienceMilliseconds);
            // One plan for a statement, whatever its values: without it each binding of a LIMIT makes a plan anew, which takes longer than
            // the statement.
            raw.sqlite3_db_config(database, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
            if (mode != SqliteMode.Read)
            {
                // FULL: a commit returns only after the disk has it. That is the promise behind every 202.
                session.Execute(
                    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY");
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The key of the row that was inserted last.</summary>
    public long LastKey => raw.sqlite3_last_insert_rowid(_database);

    /// <summary>Runs one or more statements without parameters; they are not kept prepared.</summary>
    public void Execute(string sql) => SqliteFault.ThrowUnless(raw.sqlite3_exec(_database, sql) == raw.SQLITE_OK, _database);

    /// <summary>
    /// The statement with these values, to be read and then disposed, which ends its use. It is prepared at its first use;
    /// <paramref name="sql"/> must be a constant: it is known by reference.
    /// </summary>
    public SqliteStatement Query(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            _prepared.Add(sql, statement = new SqliteStatement(_database, sql));
        }

        statement.Bind(values);
        return statement;
    }

    /// <summary>Runs a statement and says how many rows it changed.</summary>
    public int Run(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        using var statement = Query(sql, values);
        while (statement.Read())
        {
            // To its end.
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>The first row's number; null when there is no row, or no number in it.</summary>
    public long? Number(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        using var statement = Query(sql, values);
        return statement.Read() ? statement.NumberOrNull(0) : null;
    }

    /// <summary>As <see cref="Number"/>, of a time.</summary>
    public DateTimeOffset? Time(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        using var statement = Query(sql, values);
        return statement.Read() ? statement.TimeOrNull(0) : null;
    }

    /// <summary>Every row, as <paramref name="read"/> makes it.</summary>
    public List<T> List<T>(string sql, Func<SqliteStatement, T> read, params ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        var rows = new List<T>();
        using var statement = Query(sql, values);
        while (statement.Read())
        {
            rows.Add(read(statement));
        }

        return rows;
    }

    /// <summary>
    /// Moves the log of commits into the file, with a sync of the file, and begins an empty one. What was read from the log may never have
    /// reached the disk: after a failed sync the system may drop what it held. False while others still read the log.
    /// </summary>
    public bool EmptyLog() => Number("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    /// <summary>Ends the statement that is being read, with a fault; from any thread, as long as the session is open.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_database);

    /// <summary>Frees the pages that the connection keeps in memory; they are read again when they are needed.</summary>
    public void GiveBackMemory() => Execute("PRAGMA shrink_memory");

    public void Dispose()
    {
        foreach (var statement in _prepared.Values)
        {
            statement.Close();
        }

        _database.Dispose();
    }
}

/// <summary>What SQLite answered instead of doing its work (https://sqlite.org/rescode.html).</summary>
internal sealed class SqliteFault(int code, int extendedCode, string message) : Exception($"SQLite {code}/{extendedCode}: {message}.")
{
    /// <summary>The primary result code: 5 busy, 10 input/output, 13 full, 19 constraint…</summary>
    public int Code { get; } = code;

    /// <summary>A value that can't have been written by this program; the file itself can be read.</summary>
    public bool IsOfValue { get; private init; }

    /// <summary>SQLite checks its own structure, not the values in it: for those that can't have been written by this program.</summary>
    public static SqliteFault Damaged(string what) =>
        new(raw.SQLITE_CORRUPT, raw.SQLITE_CORRUPT, $"the file is damaged: {what} is not as it was written") { IsOfValue = true };

    public static void ThrowUnless(bool fine, sqlite3 database)
    {
        if (!fine)
        {
            throw new SqliteFault(
                raw.sqlite3_errcode(database) & 0xff,
                raw.sqlite3_extended_errcode(database),
                raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }
}
