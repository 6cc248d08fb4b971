using System.Collections.Concurrent;
using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The one writer of the file. Whatever is asked for while others' work is done shares their commit, so that concurrent posts
/// pay for one synced write together. A caller's task ends after the commit that holds its work, or fails without a trace of it; a commit
/// that fails is written once more before that.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MostInOneCommit = 512;
    private const int MostWaiting = 20_000;

    /// <summary>How often others on this core may go first, so that what they ask for shares the commit.</summary>
    private const int MostTurns = 4;

    /// <summary>A burst is over when nothing has come for so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private readonly WriterConnection _connection;
    private readonly BlockingCollection<Work> _waiting = new(MostWaiting);
    private readonly QuietMemory _memory = new();
    private readonly Action? _committed;
    private readonly Action? _rolledBack;
    private readonly Thread _thread;

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
        _connection = new WriterConnection(path, session, logIsSure, reopened);
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
        _connection.Dispose();
        _waiting.Dispose();
    }

    private void WriteUntilClosed()
    {
        var batch = new List<Work>(MostInOneCommit);
        while (WaitForWork() is { } first)
        {
            batch.Clear();
            batch.Add(first);
            // Now, because what begins may have to wait for the disk, and fail for all of them at once.
            TakeWaiting(batch);
            Commit(batch, isOpen: true);
        }
    }

    private void TakeWaiting(List<Work> batch)
    {
        while (batch.Count < MostInOneCommit && _waiting.TryTake(out var next))
        {
            batch.Add(next);
        }
    }

    /// <summary>
    /// Null when there will be none any more. The first quiet moment after work gives memory back; then nothing happens until there is
    /// work.
    /// </summary>
    private Work? WaitForWork()
    {
        if (!_waiting.TryTake(out var work, Quiet) && !_waiting.IsCompleted)
        {
            _memory.GiveBack(_connection);
            _waiting.TryTake(out work, Timeout.Infinite);
        }

        return work;
    }

    /// <param name="isOpen">Who asks meanwhile may join it.</param>
    private void Commit(List<Work> batch, bool isOpen)
    {
        var failure = Try(batch, isOpen);
        if (failure is { AtCommit: true })
        {
            // What failed may lie in the log all the same. Written again it lies in the same place or in a new log, and a sync
            // that succeeds then is of data written since: after a failed one the system may have dropped what it held.
            failure = Try(batch, isOpen: false) is { } again
                ? again with { MayBeInLog = again.AtCommit ? again.MayBeInLog : failure.MayBeInLog }
                : null;
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
    private Failure? Try(List<Work> batch, bool isOpen)
    {
        Work? failing = null;
        var committing = false;
        try
        {
            var session = _connection.Open();
            session.Run("BEGIN IMMEDIATE");
            var turns = isOpen ? MostTurns : 0;
            for (var next = 0; next < batch.Count; next++)
            {
                failing = batch[next];
                failing.Run(session);
                failing = null;
                if (isOpen && next == batch.Count - 1)
                {
                    TakeWaiting(batch);
                }

                // A commit costs much more than what is in it. On an idle machine nobody else is there to go first, and nothing is
                // waited for.
                for (; next == batch.Count - 1 && turns > 0 && Thread.Yield(); turns--)
                {
                    TakeWaiting(batch);
                }
            }

            // Some have asked since it was looked for.
            _connection.ThrowIfGone();
            committing = true;
            session.Run("COMMIT");
            return null;
        }
#pragma warning disable CA1031 // Every failure belongs to the callers that wait, never to this thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var forgotten = _connection.Undo(exception, committing);
            _rolledBack?.Invoke();
            return new Failure(exception, failing, committing, MayBeInLog: committing && !forgotten);
        }
    }

    private void Fail(List<Work> batch, Failure failure)
    {
        var (exception, failing) = (failure.Exception, failure.Culprit);
        if (failing is not null && batch.Count > 1 && !IsStoreFault(exception))
        {
            // One caller's work is at fault: the others must not suffer for it.
            failing.Fail(exception);
            Commit([.. batch.Where(work => work != failing)], isOpen: false);
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

    private static bool IsStoreFault(Exception exception) => exception
        is StoreUnavailableException or SqliteFault { Code: not raw.SQLITE_CONSTRAINT } or IOException or UnauthorizedAccessException;

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

/// <summary>
/// Gives memory back to the system when a burst is over. Leads come rarely: without it the program would keep until its next burst what
/// the last one needed, because neither the collector nor SQLite does anything while nothing happens. Used by the writer's thread alone.
/// </summary>
internal sealed class QuietMemory
{
    /// <summary>Less than this is not worth a collection (about 15 ms): a single lead allocates a tenth of it.</summary>
    private const long WorthCollecting = 4 * 1024 * 1024;

    private long _collectedAt;

    public void GiveBack(WriterConnection connection)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _collectedAt < WorthCollecting)
        {
            return;
        }

        _collectedAt = allocated;
        connection.GiveBackMemory();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
