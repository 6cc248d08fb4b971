using System.Collections.Concurrent;
using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The one writer of the file. Whatever is asked for while a commit is under way shares the next one, so that concurrent posts
/// pay for one synced write together. A caller's task ends after the commit that holds its work, or fails without a trace of it; a commit
/// that fails is written once more before that.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MostInOneCommit = 512;
    private const int MostWaiting = 20_000;

    /// <summary>A burst is over when nothing has come for so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    // After these the connection itself may be of no more use.
    private static readonly int[] ConnectionFaults = [raw.SQLITE_IOERR, raw.SQLITE_CORRUPT, raw.SQLITE_NOTADB, raw.SQLITE_CANTOPEN, raw.SQLITE_READONLY];

    private readonly string _path;
    private readonly BlockingCollection<Work> _waiting = new(MostWaiting);
    private readonly QuietMemory _memory = new();
    private readonly Action? _committed;
    private readonly Action? _rolledBack;
    private readonly Action? _reopened;
    private readonly Thread _thread;
    private SqliteSession? _session;
    private bool _logIsSure;

    // At a start a backup may be reading: to wait for it would cost more than the small chance that a sync had failed before.
    private bool _mustBeSure;

    /// <param name="logIsSure">All that the log holds was written by this connection.</param>
    /// <param name="committed">Called on the writer's thread after each commit, before the callers go on.</param>
    /// <param name="rolledBack">Called on the writer's thread after work was undone.</param>
    /// <param name="reopened">Called on the writer's thread when the file may hold other things than were believed.</param>
    public SqliteWriter(
        string path,
        SqliteSession session,
        bool logIsSure = false,
        Action? committed = null,
        Action? rolledBack = null,
        Action? reopened = null)
    {
        _path = path;
        _session = session;
        _logIsSure = logIsSure;
        _committed = committed;
        _rolledBack = rolledBack;
        _reopened = reopened;
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
        var failure = Try(batch);
        if (failure is { AtCommit: true })
        {
            // What failed may lie in the log all the same. Written again it lies in the same place or in a new log, and a sync
            // that succeeds then is of data written since: after a failed one the system may have dropped what it held.
            failure = Try(batch) is { } again ? again with { MayBeInLog = again.AtCommit ? again.MayBeInLog : failure.MayBeInLog } : null;
        }

        if (failure is not null)
        {
            Fail(batch, failure);
            return;
        }

        _committed?.Invoke();
        foreach (var work in batch)
        {
            work.Complete();
        }
    }

    /// <summary>Null when all of it is on disk. Otherwise nothing of it is in the store as this program sees it.</summary>
    private Failure? Try(List<Work> batch)
    {
        Work? failing = null;
        var committing = false;
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
            committing = true;
            _session.Run("COMMIT");
            return null;
        }
#pragma warning disable CA1031 // Every failure belongs to the callers that wait, never to this thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RollBack();
            _rolledBack?.Invoke();
            var forgotten = exception is SqliteFault && (committing || exception is SqliteFault { Code: raw.SQLITE_FULL }) && EmptyLog();
            if (exception is SqliteFault { Code: var code } && ConnectionFaults.Contains(code))
            {
                Replace();
            }

            return new Failure(exception, failing, committing, MayBeInLog: committing && !forgotten);
        }
    }

    private SqliteSession Session()
    {
        if (!File.Exists(_path))
        {
            // A file that was moved or deleted can still be written to, but nobody would find it after a restart.
            _session?.Dispose();
            _session = null;
            throw new StoreUnavailableException($"The store's file is gone: {_path}. Put it back, or start again to begin an empty one.");
        }

        if (_session is null)
        {
            // What the log holds is what counts from now on, whatever was believed of it before.
            _session = SqliteSession.Open(_path, SqliteMode.Write);
            (_logIsSure, _mustBeSure) = (false, true);
            _reopened?.Invoke();
        }

        if (!_logIsSure)
        {
            // What another program or connection left in the log is to be on disk before anything is acknowledged on top of it.
            if (!_session.EmptyLog() && _mustBeSure)
            {
                throw new StoreUnavailableException("The log of commits can't be moved into the file while others read it.");
            }

            _logIsSure = true;
        }

        return _session;
    }

    /// <summary>
    /// The new connection is there before the old one goes. Between them nobody has to read the log anew, which would find in it what a
    /// failed
    /// commit has written, though its callers were told that it failed.
    /// </summary>
    private void Replace()
    {
        if (_session is null)
        {
            // To be opened by the next work, which has to look what the log holds.
            return;
        }

        try
        {
            var session = SqliteSession.Open(_path, SqliteMode.Write);
            _session.Dispose();
            _session = session;
        }
        catch (SqliteFault)
        {
            // The next work finds out whether the old one still serves.
        }
    }

    private void Fail(List<Work> batch, Failure failure)
    {
        var (exception, failing) = (failure.Exception, failure.Culprit);
        if (failing is not null && batch.Count > 1 && !IsStoreFault(exception))
        {
            // One caller's work is at fault: the others must not suffer for it.
            failing.Fail(exception);
            Commit([.. batch.Where(work => work != failing)]);
            return;
        }

        var error = IsStoreFault(exception)
            ? new StoreUnavailableException(Explain(exception), exception) { MayBeStored = failure.MayBeInLog }
            : exception;
        foreach (var work in batch)
        {
            work.Fail(error);
        }
    }

    private void RollBack()
    {
        try
        {
            _session?.Run("ROLLBACK");
        }
        catch (SqliteFault)
        {
            // SQLite rolls back by itself after some errors; then there is nothing left to roll back.
        }
    }

    /// <summary>
    /// The log takes room too; moved into the file, it may leave enough for the next commit. And with it goes what a failed commit left in
    /// it, which a start after a kill would find. False when that can't be done either.
    /// </summary>
    private bool EmptyLog()
    {
        try
        {
            return _session?.EmptyLog() ?? false;
        }
        catch (SqliteFault)
        {
            return false;
        }
    }

    private static bool IsStoreFault(Exception exception) => exception is StoreUnavailableException or SqliteFault { Code: not raw.SQLITE_CONSTRAINT } or IOException or UnauthorizedAccessException;

    private static string Explain(Exception exception) =>
        exception is SqliteFault or StoreUnavailableException
            ? exception.Message
            : $"The disk could not be written ({exception.GetType().Name}).";

    /// <param name="Culprit">The work that failed by itself; null when it is nobody's fault.</param>
    /// <param name="AtCommit">All work was done, and the commit failed.</param>
    /// <param name="MayBeInLog">It isn't in the store as this program sees it, but a start after a kill may find it.</param>
    private sealed record Failure(Exception Exception, Work? Culprit, bool AtCommit, bool MayBeInLog);

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
