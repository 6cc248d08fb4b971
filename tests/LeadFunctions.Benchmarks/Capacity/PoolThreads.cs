namespace LeadFunctions.Benchmarks.Capacity;

/// <summary>
/// A wait with a time limit ends on a thread of the pool, and only then goes on in the simulation: its clock must not run away meanwhile.
/// </summary>
internal static class PoolThreads
{
    private static readonly int Count = Limit();

    /// <summary>Ends when all that was given to the pool has been done: then each of its threads waits here.</summary>
    public static void Settle()
    {
        using var there = new CountdownEvent(Count);
        using var go = new SemaphoreSlim(0);
        using var gone = new CountdownEvent(Count);
        for (var thread = 0; thread < Count; thread++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(Wait, null);
        }

        there.Wait();
        go.Release(Count);
        gone.Wait();

        void Wait(object? nothing)
        {
            there.Signal();
            go.Wait();
            gone.Signal();
        }
    }

    private static int Limit()
    {
        // The pool takes no limit below the number of cores.
        var count = Environment.ProcessorCount;
        return ThreadPool.SetMinThreads(count, count) && ThreadPool.SetMaxThreads(count, count)
            ? count
            : throw new InvalidOperationException("The pool takes no limit.");
    }
}
