using System.Collections.Concurrent;
using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The one writer of the file. Whatever is asked for while a commit is under way shares the next one, so that concurrent posts
/// pay for one synced write together. A caller's task ends after the commit that holds its work, or fails without a trace of it.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MostInOneCommit = 512;
    private const int MostWaiting = 20_000;

    /// <summary>A burst is over when nothing has come for so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    // After these the connection itself may be of no more use; the next work opens another.
    private static readonly int[] ConnectionFaults = [raw.SQLITE_IOERR, raw.SQLITE_CORRUPT, raw.SQLITE_NOTADB, raw.SQLITE_CANTOPEN, raw.SQLITE_READONLY];

    private readonly string _path;
    private readonly BlockingCollection<Work> _waiting = new(MostWaiting);
    private readonly QuietMemory _memory = new();
    private readonly Action? _committed;
    private readonly Action? _rolledBack;
    private readonly Thread _thread;
    private SqliteSession? _session;

    /// <param name="committed">Called on the writer's thread after each commit, before the callers go on.</param>
    /// <param name="rolledBack">Called on the writer's thread after work was undone.</param>
    public SqliteWriter(string path, SqliteSession session, Action? committed = null, Action? rolledBack = null)
    {
        _path = path;
        _session = session;
        _committed = committed;
        _rolledBack = rolledBack;
        _thread = new Thread(WriteUntilClosed) { IsBackground = true, Name = "lead store writer" };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<SqliteSession, T> work)
    {
        var item = new Work<T>(work);
        try
        {
            if (!_waiting.TryAdd(item))
            {
                item.Fail(new StoreUnavailableException($"{MostWaiting} writes are waiting for the disk already."));
            }
        }
        catch (InvalidOperationException)
        {
            item.Fail(new StoreUnavailableException("The store is closed: the program is stopping."));
        }

        return item.Done;
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _session?.Dispose();
        _waiting.Dispose();
    }

    private void WriteUntilClosed()
    {
        var batch = new List<Work>(MostInOneCommit);
        while (WaitForWork() is { } first)
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < MostInOneCommit && _waiting.TryTake(out var next))
            {
                batch.Add(next);
            }

            Commit(batch);
        }
    }

    /// <summary>Null when there will be none any more. The first quiet moment after work gives memory back; then nothing happens until there is work.</summary>
    private Work? WaitForWork()
    {
        if (!_waiting.TryTake(out var work, Quiet) && !_waiting.IsCompleted)
        {
            _memory.GiveBack(_session);
            _waiting.TryTake(out work, Timeout.Infinite);
        }

        return work;
    }

    private void Commit(List<Work> batch)
    {
        Work? failing = null;
        try
        {
            _session = Session();
            _session.Run("BEGIN IMMEDIATE");
            foreach (var work in batch)
            {
                failing = work;
                work.Run(_session);
            }

            failing = null;
            _session.Run("COMMIT");
        }
#pragma warning disable CA1031 // Every failure belongs to the callers that wait, never to this thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RollBack(exception);
            _rolledBack?.Invoke();
            Fail(batch, failing, exception);
            return;
        }

        _committed?.Invoke();
        foreach (var work in batch)
        {
            work.Complete();
        }
    }

    private SqliteSession Session()
    {
        if (!File.Exists(_path))
        {
            // A file that was moved or deleted can still be written to, but nobody would find it after a restart.
            Close();
            throw new StoreUnavailableException($"The store's file is gone: {_path}. Put it back, or start again to begin an empty one.");
        }

        return _session ?? SqliteSession.Open(_path, SqliteMode.Write);
    }

    private void Close()
    {
        _session?.Dispose();
        _session = null;
    }

    private void Fail(List<Work> batch, Work? failing, Exception exception)
    {
        if (failing is not null && batch.Count > 1 && !IsStoreFault(exception))
        {
            // One caller's work is at fault: the others must not suffer for it.
            failing.Fail(exception);
            Commit([.. batch.Where(work => work != failing)]);
            return;
        }

        var error = IsStoreFault(exception) && exception is not StoreUnavailableException ? new StoreUnavailableException(Explain(exception), exception) : exception;
        foreach (var work in batch)
        {
            work.Fail(error);
        }
    }

    private void RollBack(Exception cause)
    {
        try
        {
            _session?.Run("ROLLBACK");
        }
        catch (SqliteFault)
        {
            // SQLite rolls back by itself after some errors; then there is nothing left to roll back.
        }

        if (cause is SqliteFault { Code: var code } && ConnectionFaults.Contains(code))
        {
            Close();
        }
        else if (cause is SqliteFault { Code: raw.SQLITE_FULL })
        {
            GiveBackRoom();
        }
    }

    /// <summary>The log of commits takes room too; moved into the file, it may leave enough for the next one.</summary>
    private void GiveBackRoom()
    {
        try
        {
            _session?.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteFault)
        {
            // There is no room even for that. The next commit finds out.
        }
    }

    private static bool IsStoreFault(Exception exception) => exception is StoreUnavailableException or SqliteFault { Code: not raw.SQLITE_CONSTRAINT } or IOException or UnauthorizedAccessException;

    private static string Explain(Exception exception) => exception is SqliteFault ? exception.Message : $"The disk could not be written ({exception.GetType().Name}).";

    private abstract class Work
    {
        public abstract void Run(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Work<T>(Func<SqliteSession, T> work) : Work
    {
        // Callers go on elsewhere: the writer's thread writes and does nothing else.
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Done => _done.Task;

        public override void Run(SqliteSession session) => _result = work(session);

        public override void Complete() => _done.SetResult(_result);

        public override void Fail(Exception exception) => _done.SetException(exception);
    }
}
