using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

// What there is, counted.
public abstract partial class LeadStoreContract
{
    private static readonly DateTimeOffset Midnight = new(Now.UtcDateTime.Date, TimeSpan.Zero);

    [Fact]
    public async Task A_summary_of_nothing_has_each_state_and_each_day_with_zero()
    {
        var summary = await Store.SummariseAsync(Midnight, Midnight.AddDays(3));

        Assert.Equal([.. Enum.GetValues<RunState>().Select(state => (state, 0))], summary.Counts.OrderBy(count => count.Key).Select(count => (count.Key, count.Value)));
        Assert.Equal(0, summary.Refused);
        Assert.Equal([.. Enumerable.Range(0, 3).Select(day => Empty(day))], summary.Days);
    }

    [Fact]
    public async Task A_summary_counts_every_lead_once_by_where_it_stands_and_repeated_ones_besides()
    {
        await Store.KeepAsync(Now);
        await Store.KeepAsync(Now, "delivered");
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now, "delivered"), Now);
        await Store.KeepAsync(Now, "dead", "waits");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "dead"), Now);
        await Store.KeepAsync(Now, "dead", "dead-too");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "dead"), Now);
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "dead-too"), Now);
        var discarded = await Store.KeepAsync(Now, "dead");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "dead"), Now);
        await Store.DiscardAsync(discarded.Id, null, "by hand", "anna", Now);
        var waiting = Posted.Lead(Samples.Documented, Now);
        for (var time = 0; time < 3; time++)
        {
            await Store.AcceptAsync(waiting, StoreCalls.Print("same"), Now - TimeSpan.FromDays(1), ["zoom", "mail"]);
        }

        await Store.TakeOneAsync(Now, "zoom");
        await KeepRefusedAsync(Now);

        var summary = await Store.SummariseAsync(Midnight, Midnight.AddDays(1));

        Assert.Equal(
            [(RunState.Delivered, 2), (RunState.InProgress, 1), (RunState.DeadLetter, 2), (RunState.NoDestination, 1), (RunState.Repeated, 1)],
            summary.Counts.OrderBy(count => count.Key).Select(count => (count.Key, count.Value)));
        Assert.Equal(1, summary.Refused);
        Assert.Equal([Empty(0) with { Delivered = 2, InProgress = 1, DeadLetter = 2, NoDestination = 1, Refused = 1 }], summary.Days);
    }

    [Fact]
    public async Task The_days_of_a_summary_are_those_in_UTC_and_the_counts_are_of_all_time()
    {
        DateTimeOffset[] times = [Midnight.AddMilliseconds(-1), Midnight, Midnight.AddDays(1).AddMilliseconds(-1), Midnight.AddDays(2), Midnight.AddDays(3)];
        foreach (var at in times)
        {
            await Store.KeepAsync(at);
            await KeepRefusedAsync(at);
        }

        var summary = await Store.SummariseAsync(Midnight.ToOffset(TimeSpan.FromHours(5)), Midnight.AddDays(3));

        Assert.Equal(times.Length, summary.Counts[RunState.NoDestination]);
        Assert.Equal(times.Length, summary.Refused);
        Assert.Equal([Empty(0) with { NoDestination = 2, Refused = 2 }, Empty(1), Empty(2) with { NoDestination = 1, Refused = 1 }], summary.Days);
    }

    [Fact]
    public async Task What_was_removed_is_counted_no_more()
    {
        await Store.KeepAsync(Now);
        await KeepRefusedAsync(Now);
        await Store.KeepAsync(Now, "crm");
        await Store.RemoveFinishedAsync(Now + TimeSpan.FromDays(1), null, 100);

        var summary = await Store.SummariseAsync(Midnight, Midnight.AddDays(1));

        Assert.Equal((0, 1, 0), (summary.Counts[RunState.NoDestination], summary.Counts[RunState.InProgress], summary.Refused));
        Assert.Equal([Empty(0) with { InProgress = 1 }], summary.Days);
    }

    private static DaySummary Empty(int day) => new(DateOnly.FromDateTime(Midnight.UtcDateTime).AddDays(day), 0, 0, 0, 0, 0);

    private Task KeepRefusedAsync(DateTimeOffset at) =>
        Store.KeepRefusedAsync(new RefusedBody(LeadId.New(at), Sources.Marketplace, null, at, 400, [], "{"u8.ToArray()));
}
