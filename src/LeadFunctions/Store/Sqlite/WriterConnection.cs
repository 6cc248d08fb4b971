using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The connection that writes. It is opened again when it is of no more use, and what another one left in the log of commits is on disk
/// before anything is acknowledged on top of it. Used by the writer's thread alone.
/// </summary>
/// <param name="logIsSure">All that the log holds was written by this connection.</param>
/// <param name="reopened">Called when the file may hold other things than were believed.</param>
internal sealed class WriterConnection(string path, SqliteSession session, bool logIsSure, Action? reopened) : IDisposable
{
    // After these the connection itself may be of no more use.
    private static readonly int[] ItsFaults =
        [raw.SQLITE_IOERR, raw.SQLITE_CORRUPT, raw.SQLITE_NOTADB, raw.SQLITE_CANTOPEN, raw.SQLITE_READONLY];

    private SqliteSession? _session = session;
    private bool _logIsSure = logIsSure;

    // At a start a backup may be reading: to wait for it would cost more than the small chance that a sync had failed before.
    private bool _mustBeSure;

    /// <summary>To write with now.</summary>
    public SqliteSession Open()
    {
        ThrowIfGone();
        if (_session is null)
        {
            // What the log holds is what counts from now on, whatever was believed of it before.
            _session = SqliteSession.Open(path, SqliteMode.Write);
            (_logIsSure, _mustBeSure) = (false, true);
            reopened?.Invoke();
        }

        if (!_logIsSure)
        {
            if (!_session.EmptyLog() && _mustBeSure)
            {
                throw new StoreUnavailableException("The log of commits can't be moved into the file while others read it.");
            }

            _logIsSure = true;
        }

        return _session;
    }

    /// <summary>A file that was moved or deleted can still be written to, but nobody would find it after a restart.</summary>
    public void ThrowIfGone()
    {
        if (!File.Exists(path))
        {
            _session?.Dispose();
            _session = null;
            throw new StoreUnavailableException($"The store's file is gone: {path}. Put it back, or start again to begin an empty one.");
        }
    }

    /// <summary>Undoes what failed. True when nothing of it is left in the log either, where a start after a kill would find it.</summary>
    public bool Undo(Exception exception, bool committing)
    {
        RollBack();
        if (exception is not SqliteFault { Code: var code })
        {
            return false;
        }

        var forgotten = (committing || code == raw.SQLITE_FULL) && EmptyLog();
        if (ItsFaults.Contains(code))
        {
            Replace();
        }

        return forgotten;
    }

    public void GiveBackMemory() => _session?.GiveBackMemory();

    public void Dispose() => _session?.Dispose();

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
    /// it. False when that can't be done either.
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

    /// <summary>
    /// The new connection is there before the old one goes. Between them nobody has to read the log anew, which would find in it what a
    /// failed commit has written, though its callers were told that it failed.
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
            var session = SqliteSession.Open(path, SqliteMode.Write);
            _session.Dispose();
            _session = session;
        }
        catch (SqliteFault)
        {
            // The next work finds out whether the old one still serves.
        }
    }
}
