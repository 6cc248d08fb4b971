using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Delivery;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadFunctions.Tests.Store;

// Retention, at work for the timer's calls of several instances.
public abstract partial class LeadStoreContract
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    [Fact]
    public async Task What_one_instance_has_begun_to_remove_within_the_hour_another_one_leaves_alone()
    {
        var time = new ManualTime();
        var (one, other) = (RetentionAt(time), RetentionAt(time));
        await one.RunDueAsync(Stop);
        var lead = await KeepFinishedAsync(time.GetUtcNow() - KeptFor - TimeSpan.FromHours(1));

        time.Advance(TimeSpan.FromMinutes(59));
        await other.RunDueAsync(Stop);
        await one.RunDueAsync(Stop);
        Assert.NotNull(await Store.FindRunAsync(lead));

        time.Advance(TimeSpan.FromMinutes(1));
        await other.RunDueAsync(Stop);
        Assert.Null(await Store.FindRunAsync(lead));
    }

    [Fact]
    public async Task Stopped_in_the_middle_the_next_instance_goes_on_where_it_was_and_ends_what_is_due()
    {
        var time = new ManualTime();
        var old = time.GetUtcNow() - KeptFor;
        foreach (var minute in Enumerable.Range(1, 250))
        {
            await KeepFinishedAsync(old - TimeSpan.FromMinutes(minute));
        }

        var (first, next) = (new List<LeadId?>(), new List<LeadId?>());
        using var stop = new CancellationTokenSource();
        var stopped = new UnreliableStore(Store)
        {
            Removing = from =>
            {
                first.Add(from);
                stop.Cancel();
            },
        };
        await Assert.ThrowsAsync<OperationCanceledException>(() => RetentionAt(time, stopped).RunDueAsync(stop.Token));
        Assert.InRange((await Store.ListRunsAsync(new RunFilter(), null, 300, Stop)).Items.Count, 1, 249);
        await RetentionAt(time, new UnreliableStore(Store) { Removing = next.Add }).RunDueAsync(Stop);

        Assert.Empty((await Store.ListRunsAsync(new RunFilter(), null, 300, Stop)).Items);
        Assert.Equal([null], first);
        Assert.NotNull(next[0]);
        Assert.Equal(["begun"], (await Store.FindValuesAsync("retention")).Select(note => note.Key));
    }

    [Fact]
    public async Task Stopped_before_it_began_it_is_due_still()
    {
        var time = new ManualTime();
        var lead = await KeepFinishedAsync(time.GetUtcNow() - KeptFor - TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<OperationCanceledException>(() => RetentionAt(time).RunDueAsync(new CancellationToken(canceled: true)));

        await RetentionAt(time).RunDueAsync(Stop);

        Assert.Null(await Store.FindRunAsync(lead));
    }

    private Retention RetentionAt(TimeProvider time, ILeadStore? store = null) =>
        new(store ?? Store, store ?? Store, new StoreOptions(StoreKind.Sqlite, "", KeptFor), time, NullLogger<Retention>.Instance);

    /// <summary>A lead that goes nowhere has nothing to wait for.</summary>
    private async Task<LeadId> KeepFinishedAsync(DateTimeOffset at) => (await Store.KeepAsync(at)).Id;
}
