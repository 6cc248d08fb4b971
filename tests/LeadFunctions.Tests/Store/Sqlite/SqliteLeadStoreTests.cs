using System.Diagnostics;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store.Sqlite;

public sealed class SqliteLeadStoreTests : LeadStoreContract, IDisposable
{
    private readonly SqliteFile _file = new();
    private SqliteLeadStore _store;

    public SqliteLeadStoreTests() => _store = _file.Open();

    private protected override ILeadStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _file.Dispose();
    }

    [Fact]
    public async Task Reopening_keeps_everything()
    {
        var lead = await Store.KeepAsync(Now, "crm", "mail");
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now), Now, "row-1");
        await Store.RetryAsync(await Store.TakeOneAsync(Now, "mail"), Now, Now + TimeSpan.FromHours(1));
        var refused = new RefusedBody(LeadId.New(Now), Sources.Marketplace, null, Now, 400, [], new byte[] { 1 });
        await Store.KeepRefusedAsync(refused);
        var before = await Store.FindRunAsync(lead.Id);

        Reopen();

        var after = await Store.FindRunAsync(lead.Id);
        Assert.Equal(before!.Lead.Content.Utf8.ToArray(), after!.Lead.Content.Utf8.ToArray());
        Assert.Equal(before.Deliveries.Select(delivery => (delivery.Destination, delivery.State)), after.Deliveries.Select(delivery => (delivery.Destination, delivery.State)));
        Assert.Equal(before.Deliveries.SelectMany(delivery => delivery.Attempts), after.Deliveries.SelectMany(delivery => delivery.Attempts));
        Assert.NotNull(await Store.FindRefusedAsync(refused.Id));
    }

    [Fact]
    public async Task What_was_erased_is_in_no_file_any_more()
    {
        await Store.AcceptAsync(Posted.Lead("""{"OfferTitle":"x","UserDetails":{"FirstName":"Zyxwina","Email":"zyxwina@private.example"}}""", Now), StoreCalls.Print("a"), null, [new("crm")]);
        Assert.Contains("Zyxwina", Files(), StringComparison.Ordinal);

        await Store.EraseAsync("zyxwina@private.example", countOnly: false, "anna", Now);

        Assert.DoesNotContain("Zyxwina", Files(), StringComparison.Ordinal);
        Assert.DoesNotContain("zyxwina", Files(), StringComparison.Ordinal);

        string Files() => string.Concat(Directory.EnumerateFiles(Path.GetDirectoryName(_file.Path)!, Path.GetFileName(_file.Path) + "*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Select(Text));

        static string Text(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task A_start_ends_every_lease_because_its_worker_is_gone()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        await Store.TakeOneAsync(Now);

        Reopen();

        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Now)).Lead.Id);
        Assert.Equal(["interrupted"], (await Store.DeliveryAsync(lead.Id)).Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task A_start_leaves_scheduled_attempts_where_they_are()
    {
        await Store.KeepAsync(Now, "crm");
        await Store.RetryAsync(await Store.TakeOneAsync(Now), Now, Now + TimeSpan.FromHours(1));

        Reopen();

        Assert.Equal(Now + TimeSpan.FromHours(1), (await Store.TakeAsync(Now)).NextDue);
    }

    [Fact]
    public async Task While_another_program_locks_the_file_nothing_is_written_and_it_goes_on_afterwards()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        using (var other = _file.Foreign())
        {
            other.Run("BEGIN EXCLUSIVE");
            var waited = Stopwatch.StartNew();
            await Task.WhenAll(
                Assert.ThrowsAsync<StoreUnavailableException>(() => Store.KeepAsync(Now, "crm")),
                Assert.ThrowsAsync<StoreUnavailableException>(() => Store.TakeAsync(Now)),
                Assert.ThrowsAsync<StoreUnavailableException>(() => Store.CheckAsync(Now)));
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), $"A caller had to wait {waited.Elapsed} for the answer that the store is away.");
            other.Run("ROLLBACK");
        }

        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Now)).Lead.Id);
    }

    [Fact]
    public async Task A_closed_store_says_that_it_is_closed()
    {
        using var file = new SqliteFile();
        var store = file.Open();
        store.Dispose();

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.KeepAsync(Now, "crm"));

        Assert.Contains("stopping", exception.Message, StringComparison.Ordinal);
    }

    private void Reopen()
    {
        _store.Dispose();
        _store = _file.Open();
    }
}
