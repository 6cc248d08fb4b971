using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Makes blocks of leads that are in none, away from those who post: one at a time, not while leads come in a burst, and only when there are enough
/// new leads for one. While there are not it does nothing at all. What a kill interrupts is found again at the next start.
/// </summary>
internal sealed class BlockKeeper : IDisposable
{
    /// <summary>The program starts without it.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BurstMayLast = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    // Within the time between two blocks: 5,000 a second.
    private const int Burst = 100;

    private readonly SqliteLeadStore _store;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _enough = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _keeping;
    private string _newest = "";
    private long _added;
    private long _enoughAt = BlockTable.MostLeads;

    /// <param name="newest">The last id that is in a block.</param>
    public BlockKeeper(SqliteLeadStore store, TimeProvider time, string newest)
    {
        _store = store;
        _time = time;
        _newest = newest;
        _keeping = Task.Run(KeepAsync);
    }

    /// <summary>A lead is new; on the writer's thread, as part of the commit that brings it.</summary>
    public void Added(SqliteSession session, LeadId id)
    {
        // Hardly ever: ids sort by time. Only one that was refused long ago, or came while the clock went back, lies in a block.
        if (string.CompareOrdinal(id.ToString(), _newest) <= 0)
        {
            BlockTable.Drop(session, id);
        }

        var added = Interlocked.Increment(ref _added);
        if (added >= Volatile.Read(ref _enoughAt))
        {
            Wake();
        }
    }

    /// <summary>There are leads enough in no block: new ones, or those of blocks that were dropped.</summary>
    public void Wake()
    {
        if (_enough.CurrentCount == 0)
        {
            _enough.Release();
        }
    }

    /// <summary>Makes the blocks for which there are leads, one after the other.</summary>
    /// <param name="pause">Waited for before each block is written.</param>
    public async Task MakeAsync(Func<Task> pause, CancellationToken stop)
    {
        foreach (var gap in await _store.ReadAsync(BlockTable.Gaps, stop))
        {
            var rest = gap;
            while (await _store.ReadAsync(session => BlockTable.Make(session, rest), stop) is { } made)
            {
                await pause();
                if (!await _store.WriteAsync(session => Keep(session, made)))
                {
                    break;
                }

                rest = rest with { From = IdRange.After(made.Block.LastId) };
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _keeping.GetAwaiter().GetResult();
        _stop.Dispose();
        _enough.Dispose();
    }

    private bool Keep(SqliteSession session, NewBlock made)
    {
        if (!BlockTable.Keep(session, made))
        {
            return false;
        }

        _newest = string.CompareOrdinal(made.Block.LastId, _newest) > 0 ? made.Block.LastId : _newest;
        return true;
    }

    private async Task KeepAsync()
    {
        var wait = AfterStart;
        while (true)
        {
            try
            {
                await Task.Delay(wait, _time, _stop.Token);
                Volatile.Write(ref _enoughAt, Volatile.Read(ref _added) + BlockTable.MostLeads);
                await MakeAsync(PauseAsync, _stop.Token);
                await _enough.WaitAsync(_stop.Token);
                wait = BurstMayLast;
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Lists are right without blocks, and a store that is away is told to those who post.
            catch (Exception)
#pragma warning restore CA1031
            {
                wait = AfterFailure;
            }
        }
    }

    private async Task PauseAsync()
    {
        while (true)
        {
            var before = Volatile.Read(ref _added);
            await Task.Delay(Between, _time, _stop.Token);
            if (Volatile.Read(ref _added) - before < Burst)
            {
                return;
            }

            await Task.Delay(BurstMayLast, _time, _stop.Token);
        }
    }
}
