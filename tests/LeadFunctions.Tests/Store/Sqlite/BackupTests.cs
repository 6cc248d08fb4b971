using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>The way to copy a live store that docs/operations.md names.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_copy_of_the_live_store_has_everything_that_was_acknowledged_before_it()
    {
        var now = _file.Time.GetUtcNow();
        using var store = _file.Open();
        var refused = new RefusedBody(LeadId.New(now), Sources.Marketplace, null, now, 400, [], new byte[] { 1 });
        await store.KeepRefusedAsync(refused);
        var leads = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => store.KeepAsync(now, "crm", "mail")));
        await store.DeliveredAsync(await TakeOneAsync(store), now, "row-1");
        using var end = new CancellationTokenSource();
        var load = LoadAsync(store, now, end.Token);

        var copy = Path.Combine(Path.GetDirectoryName(_file.Path)!, "copy.db");
        _file.Run($"VACUUM INTO '{copy}'");
        await end.CancelAsync();
        await load;

        using var restored = SqliteLeadStore.Open(copy, new DueSignal(), _file.Time);
        Assert.NotNull(await restored.FindRefusedAsync(refused.Id));
        foreach (var lead in leads)
        {
            var (there, original) = (await restored.FindRunAsync(lead.Id), await store.FindRunAsync(lead.Id));
            Assert.Equal(original!.Lead.Content.Utf8, there!.Lead.Content.Utf8);
            Assert.Equal(original.Deliveries.Select(delivery => (delivery.Destination, delivery.State)), there.Deliveries.Select(delivery => (delivery.Destination, delivery.State)));
            Assert.Equal(original.Deliveries.SelectMany(delivery => delivery.Attempts), there.Deliveries.SelectMany(delivery => delivery.Attempts));
        }

        Assert.True((await restored.TakeAsync(now, 1000)).Deliveries.Count >= leads.Length - 1);
        Assert.Equal(leads[0].Id, (await restored.AcceptAsync(leads[0] with { Id = LeadId.New(now) }, StoreCalls.PrintOf(leads[0]), now - TimeSpan.FromDays(1), ["crm"])).LeadId);
    }

    private static async Task<LeadDelivery> TakeOneAsync(ILeadStore store) => Assert.Single((await store.TakeAsync(Infrastructure.Posted.At, most: 1)).Deliveries);

    private static async Task LoadAsync(ILeadStore store, DateTimeOffset now, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await store.KeepAsync(now, "crm");
        }
    }
}
