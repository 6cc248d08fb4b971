using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

/// <summary>What reading costs, counted before Azurite: it must not grow with the leads that there are.</summary>
public sealed class ReadingCostTests(SharedAzurite azurite) : ProxiedStore(azurite)
{
    private const int Take = 25;

    /// <summary>What a page of so many leads reads of a partition at once.</summary>
    private const int EachPartition = 14;

    private static readonly DateTimeOffset Now = Posted.At;

    [Fact]
    public async Task A_page_a_run_the_counts_and_the_health_cost_the_same_with_six_times_as_many_leads()
    {
        var some = await FillAsync(100);
        await Store.SummariseRecentAsync(Now.AddDays(-1), Now.AddDays(1), Now);
        var few = await CostsAsync(some);

        await FillAsync(500);
        var many = await CostsAsync(some);

        foreach (var (what, (requests, entities)) in few)
        {
            Assert.True(many[what].Requests <= requests + 3, $"{what}: {requests} requests with 100 leads, {many[what].Requests} with 600.");
            if (what != "a page")
            {
                Assert.True(many[what].Entities <= entities, $"{what}: {entities} entities with 100 leads, {many[what].Entities} with 600.");
            }
        }

        // Of each partition the same number is read, which with 100 leads not all of them have; and here and there as many once more, because the newest
        // are spread by chance. However many leads there are, it is no more.
        Assert.True(
            many["a page"].Entities <= (LeadId.Partitions + 3) * EachPartition,
            $"A page: {few["a page"].Entities} entities with 100 leads, {many["a page"].Entities} with 600.");
        Assert.True(few["a page"].Entities > LeadId.Partitions * EachPartition * 3 / 4, "With 100 leads it reads nearly as many.");
    }

    [Fact]
    public async Task Counts_are_made_once_a_minute_for_all_and_say_since_when_they_are()
    {
        await FillAsync(3);
        var first = await Store.SummariseRecentAsync(Now.AddDays(-1), Now.AddDays(1), Now);
        await FillAsync(2);

        var soon = await Store.SummariseRecentAsync(Now.AddDays(-1), Now.AddDays(1), Now.AddSeconds(59));
        await Store.SummariseRecentAsync(Now.AddDays(-1), Now.AddDays(1), Now.AddSeconds(3_600));
        RunSummary? later = null;
        await Eventually.TrueAsync(
            async () => (later = await Store.SummariseRecentAsync(Now.AddDays(-1), Now.AddDays(1), Now.AddSeconds(3_601))).CountedAt > Now,
            "counts are made again");

        Assert.Equal((3, Now), (first.Counts[RunState.Delivered], first.CountedAt));
        Assert.Equal((3, Now), (soon.Counts[RunState.Delivered], soon.CountedAt));
        Assert.Equal((5, Now.AddSeconds(3_600)), (later!.Counts[RunState.Delivered], later.CountedAt));
        Assert.Equal(5, later.Days.Sum(day => day.Delivered));
    }

    [Fact]
    public async Task The_health_writes_nothing()
    {
        var before = Proxy.Requests.Count;

        await Store.CheckAsync(Now);

        Assert.All(Proxy.Requests.Skip(before), request => Assert.Equal("GET", request.Method));
    }

    private async Task<Dictionary<string, (int Requests, int Entities)>> CostsAsync(LeadId lead)
    {
        var costs = new Dictionary<string, (int Requests, int Entities)>();
        foreach (var (what, read) in new (string, Func<Task>)[]
        {
            ("a page", () => Store.ListRunsAsync(new RunFilter(), null, Take)),
            ("dead letters", () => Store.ListRunsAsync(new RunFilter(RunState.DeadLetter), null, Take)),
            ("one run", () => Store.FindRunAsync(lead)),
            ("counts", () => Store.SummariseRecentAsync(Now.AddDays(-1), Now.AddDays(1), Now.AddSeconds(30))),
            ("health", () => Store.CheckAsync(Now)),
            ("what the sweep looks for", () => Store.FindOverdueAsync("crm", Now.AddMinutes(1), 64)),
        })
        {
            var (requests, entities) = (Proxy.Requests.Count, Proxy.EntitiesRead);
            await read();
            costs[what] = (Proxy.Requests.Count - requests, Proxy.EntitiesRead - entities);
        }

        return costs;
    }

    /// <summary>Delivered leads, and the id of one.</summary>
    private async Task<LeadId> FillAsync(int leads)
    {
        var kept = new List<Lead>();
        foreach (var some in Enumerable.Range(0, leads).Chunk(20))
        {
            kept.AddRange(await Task.WhenAll(some.Select(number => Store.KeepAsync(Now.AddMilliseconds(number), "crm"))));
        }

        while ((await Store.TakeAsync(Now.AddMinutes(1), 20)).Deliveries is { Count: > 0 } deliveries)
        {
            await Task.WhenAll(deliveries.Select(delivery => Store.DeliveredAsync(delivery, Now)));
        }

        return kept[0].Id;
    }
}
