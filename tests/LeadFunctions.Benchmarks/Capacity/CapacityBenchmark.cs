using System.Globalization;
using LeadFunctions.Benchmarks.Figures;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Simulation;

namespace LeadFunctions.Benchmarks.Capacity;

/// <summary>
/// How many leads a second the store on Azure Storage takes from post to both deliveries within the documented limits of an account: with
/// all leads in one partition, as the version before kept them, and in sixteen. On the simulation's clock: two cores can't drive what an
/// account takes, so the program's own work takes no time here, and what is measured is what the storage allows.
/// </summary>
internal sealed class CapacityBenchmark(int seconds)
{
    private static readonly int[] Instances = [1, 4, 16];

    /// <summary>
    /// Leads that may be accepted and not delivered; as long as there are so many, no more come. The best of these counts: with few the
    /// storage has too little to do, and with many most is refused and comes again.
    /// </summary>
    private static readonly int[] MostWaiting = [16, 64, 256, 1_024];

    public IReadOnlyList<Figure> Run()
    {
        Console.WriteLine(Alone());
        var (least, best, note) = (double.MaxValue, 0.0, "");
        foreach (var instances in Instances)
        {
            var (before, now) = (Best(instances, partitions: 1), Best(instances, partitions: LeadId.Partitions));
            Console.WriteLine($"  {instances,2} instances, one partition: {before}");
            Console.WriteLine($"  {instances,2} instances, sixteen:       {now}");
            least = Math.Min(least, now.LeadsASecond / before.LeadsASecond);
            best = Math.Max(best, now.Used);
            note += string.Create(CultureInfo.InvariantCulture, $"{instances}: {now.LeadsASecond:0} and {before.LeadsASecond:0} leads/s; ");
        }

        return [Target.Capacity.Measured(least, note.TrimEnd(' ', ';')), Target.AccountUsed.Measured(100 * best)];
    }

    /// <summary>What one lead takes that comes when nothing else does.</summary>
    private static string Alone()
    {
        var (loop, limits, instances) = Set(1);
        using var instance = instances[0];
        // The first at each destination after a start also looks whether trouble is noted there.
        Deliver(0);
        var (tables, queue, used) = (limits.TableRequests, limits.QueueRequests, limits.Used);
        Deliver(1);
        var (ofTables, ofQueue) = (limits.TableRequests - tables, limits.QueueRequests - queue);
        return $"A lead alone, two destinations: {ofTables} transactions of the tables with {limits.Used - used - ofQueue} entities, "
            + $"and {ofQueue} of the queue beside the two that fetch and remove its message";

        void Deliver(int number)
        {
            var ended = false;
            instance.Run(async () =>
            {
                await instance.DeliverAsync((await instance.PostAsync(number, LeadId.Partitions))!.Value);
                ended = true;
            });
            loop.Run(TimeSpan.FromMinutes(1), () => ended);
        }
    }

    private Measured Best(int count, int partitions) =>
        MostWaiting.Select(most => Measure(count, partitions, most)).MaxBy(measured => measured.LeadsASecond)!;

    private Measured Measure(int count, int partitions, int mostWaiting)
    {
        var (loop, limits, instances) = Set(count);
        var (numbers, accepted) = (0, 0);
        foreach (var instance in instances)
        {
            instance.Run(instance.ReadAsync);
        }

        for (var poster = 0; poster < Math.Max(count, mostWaiting / 4); poster++)
        {
            var instance = instances[poster % count];
            instance.Run(() => PostAsync(instance));
        }

        // Until it runs as it will go on.
        loop.Run(TimeSpan.FromSeconds(seconds));
        var (began, tables, queue, used, earlier) = (loop.Elapsed, limits.TableRequests, limits.QueueRequests, limits.Used, Arrived());
        loop.Run(TimeSpan.FromSeconds(seconds));
        var (took, leads) = ((loop.Elapsed - began).TotalSeconds, (Arrived() - earlier) / 2.0);
        var measured = new Measured(
            leads / took,
            (limits.TableRequests - tables) / leads,
            (limits.QueueRequests - queue) / leads,
            (limits.Used - used) / took / AccountLimits.EntitiesASecond,
            mostWaiting);
        foreach (var instance in instances)
        {
            instance.Dispose();
        }

        return measured;

        int Arrived() => instances.Sum(instance => instance.Arrived);

        async Task PostAsync(CapacityInstance instance)
        {
            while (true)
            {
                if (accepted - (Arrived() / 2) >= mostWaiting)
                {
                    await instance.WaitAsync(TimeSpan.FromMilliseconds(10));
                }
                else if (await instance.PostAsync(++numbers, partitions) is not null)
                {
                    accepted++;
                }
            }
        }
    }

    private static (SimulatedLoop Loop, AccountLimits Limits, CapacityInstance[] Instances) Set(int count)
    {
        var loop = new SimulatedLoop { Settle = PoolThreads.Settle };
        var limits = new AccountLimits(loop);
        var (table, queue) = (new SimulatedTable(), new LimitedQueue(loop, limits));
        return (loop, limits, [.. Enumerable.Range(0, count).Select(_ => new CapacityInstance(loop, limits, table, queue))]);
    }

    /// <param name="Used">The part of the account's limit that was used.</param>
    /// <param name="Waiting">How many leads could wait.</param>
    private sealed record Measured(double LeadsASecond, double Transactions, double QueueRequests, double Used, int Waiting)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{LeadsASecond:0} leads/s ({Transactions:0.0} table and {QueueRequests:0.00} queue requests a lead, {Used:P0} of the account's limit; {Waiting} waiting)");
    }
}
