using System.Text.Json;
using LeadFunctions.Hosting;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The file, which one program uses at a time: one writer, any number of readers beside it, and a lock that keeps other programs out.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>The Functions host starts a new program while the old one may still be stopping.</summary>
    private static readonly TimeSpan OtherInstanceMayTake = TimeSpan.FromSeconds(10);

    private const string AnySql = "SELECT 1 FROM sqlite_master";

    private readonly string _path;
    private readonly InstanceLock _lock;
    private readonly SqliteWriter _writer;

    // Two long reads at once take both cores, beside the writer: one pair at a time.
    private bool _pairUnderWay;
    private bool _closed;

    private SqliteDatabase(string path, InstanceLock instance, SqliteWriter writer) =>
        (_path, _lock, _writer) = (path, instance, writer);

    /// <summary>
    /// Opens or makes the file and brings it to the newest version. Throws <see cref="StoreUnavailableException"/> with the reason.
    /// </summary>
    /// <param name="patience">How long another instance on the same file is waited for. Default 10 s.</param>
    /// <param name="begin">The first that is written.</param>
    /// <param name="committed">See <see cref="SqliteWriter"/>, as the next two.</param>
    public static SqliteDatabase Open(
        string path,
        TimeSpan? patience,
        Action<SqliteSession> begin,
        Action committed,
        Action rolledBack,
        Action reopened)
    {
        InstanceLock? instance = null;
        SqliteSession? session = null;
        try
        {
            PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);
            instance = InstanceLock.Take(path, patience ?? OtherInstanceMayTake);
            var logIsSure = !File.Exists(path + "-wal");
            MakePrivate(path);
            session = SqliteSession.Open(path, SqliteMode.Create);
            Migrations.Apply(session);
            session.Run("BEGIN IMMEDIATE");
            begin(session);
            session.Run("COMMIT");
            return new SqliteDatabase(path, instance, new SqliteWriter(path, session, logIsSure, committed, rolledBack, reopened));
        }
        catch (Exception exception)
        {
            session?.Dispose();
            instance?.Dispose();
            throw exception switch
            {
                StoreUnavailableException or SqliteFault or IOException or UnauthorizedAccessException =>
                    new StoreUnavailableException($"The store {path} can't be used. {exception.Message}", exception),
                _ => exception,
            };
        }
    }

    /// <summary>Writes as part of the next commit.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> write) => _writer.RunAsync(write);

    /// <summary>Reads beside the writer: WAL gives each reader the last committed state.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken stop = default) => Task.Run(() => Read(read, stop), stop);

    /// <summary>
    /// Reads two things at once, on two connections, each at a moment of its own. When the first is enough, the second read ends at once
    /// and gives nothing. Beside another such pair the second is read after the first.
    /// </summary>
    public async Task<IReadOnlyList<T>> ReadPairAsync<T>(
        Func<SqliteSession, T> first,
        Func<SqliteSession, T> second,
        Func<T, bool> firstIsEnough,
        CancellationToken stop = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var atOnce = !Interlocked.Exchange(ref _pairUnderWay, true);
        Func<Func<SqliteSession, T>, CancellationToken, Task<T>> begin = atOnce ? ReadAloneAsync : ReadAsync;
        Task<T>? beside = null;
        try
        {
            beside = atOnce ? begin(second, end.Token) : null;
            var found = await begin(first, end.Token);
            return firstIsEnough(found) ? [found] : [found, await (beside ?? begin(second, end.Token))];
        }
        finally
        {
            if (atOnce)
            {
                // Nobody reads on when this is over, however it ends.
                end.Cancel();
                await ((Task?)beside ?? Task.CompletedTask).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                Volatile.Write(ref _pairUnderWay, false);
            }
        }
    }

    /// <summary>
    /// The log holds pages as they were before. Who reads at this moment may keep it a little longer: then a later write ends it.
    /// </summary>
    public Task EmptyLogAsync() => Task.Run(() =>
    {
        try
        {
            using var session = SqliteSession.Open(_path, SqliteMode.Write);
            session.EmptyLog();
        }
        catch (SqliteFault)
        {
            // What was erased is erased, in the log's last pages too.
        }
    });

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, true))
        {
            return;
        }

        _writer.Dispose();
        _lock.Dispose();
    }

    /// <summary>On a thread of its own, because the pool may have no more than two for everything else.</summary>
    private Task<T> ReadAloneAsync<T>(Func<SqliteSession, T> read, CancellationToken stop) =>
        Task.Factory.StartNew(() => Read(read, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private T Read<T>(Func<SqliteSession, T> read, CancellationToken stop)
    {
        try
        {
            using var session = SqliteSession.Open(_path, SqliteMode.Read);
            session.Run("BEGIN");
            // SQLite forgets an interruption that comes between two statements, but not while one of the connection is still being read.
            using var held = session.Query(AnySql);
            held.Read();
            using var ending = stop.UnsafeRegister(static session => ((SqliteSession)session!).Interrupt(), session);
            return read(session);
        }
        catch (SqliteFault fault)
        {
            stop.ThrowIfCancellationRequested();
            throw new StoreUnavailableException(fault.Message, fault);
        }
        catch (Exception exception)
            when (exception is JsonException or FormatException or OverflowException or ArgumentException or InvalidDataException)
        {
            throw new StoreUnavailableException(SqliteFault.Damaged("a value").Message, exception);
        }
    }

    /// <summary>SQLite gives its log and its index of that the mode that the file has.</summary>
    private static void MakePrivate(string path)
    {
        if (!File.Exists(path))
        {
            PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        }

        foreach (var file in (string[])[path, path + "-wal", path + "-shm", path + "-journal"])
        {
            PrivateFiles.Close(file);
        }
    }
}
