namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Gives memory back to the system when a burst is over. Leads come rarely: without it the program would keep until its next burst what
/// the last one needed, because neither the collector nor SQLite does anything while nothing happens. Used by the writer's thread alone.
/// </summary>
internal sealed class QuietMemory
{
    /// <summary>Less than this is not worth a collection (about 15 ms): a single lead allocates a tenth of it.</summary>
    private const long WorthCollecting = 4 * 1024 * 1024;

    private long _collectedAt;

    public void GiveBack(SqliteSession? session)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _collectedAt < WorthCollecting)
        {
            return;
        }

        _collectedAt = allocated;
        session?.GiveBackMemory();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
