using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

/// <summary>What is in the table behind the store's back: nothing left over, and indexes that say what the leads say.</summary>
public sealed class WholeTableTests(SharedAzurite azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Posted.At;
    private static readonly TimeSpan Age = TimeSpan.FromDays(30);

    private readonly string _name = SharedAzurite.NewTable();
    private StoreTable _table = null!;
    private AzureLeadStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        var account = await azurite.PatientAccountAsync();
        _store = await AzureLeadStore.OpenAsync(account, _name, new DueSignal());
        _table = new StoreTable(account, _name);
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        _table?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_longest_body_is_kept_and_removed()
    {
        var text = new string('ö', (AzureStorageOptions.MostBodyBytes / 2) - 100);
        var lead = Posted.Lead($$"""{"OfferTitle":"{{text}}"}""");
        var refused = new RefusedBody(LeadId.New(Now), Sources.Marketplace, null, Now, 400, [], Encoding.UTF8.GetBytes(text));

        await _store.AcceptAsync(lead, StoreCalls.Print("a"), Now - TimeSpan.FromDays(1), ["crm"]);
        await _store.KeepRefusedAsync(refused);
        await _store.RecordAsync(await _store.TakeOneAsync(Now), new DeliveryAttempt(Now, TimeSpan.Zero, 204, "delivered", null), new DeliveryState(DeliveryStatus.Delivered, null, 0, null, null), text + text + text);

        Assert.Equal(lead.Content.Utf8, (await _store.FindRunAsync(lead.Id))!.Lead.Content.Utf8);
        Assert.Equal(text, (await _store.FindRefusedAsync(refused.Id))!.Text);
        Assert.StartsWith(text[..100_000], (await _store.DeliveryAsync(lead.Id)).Request, StringComparison.Ordinal);
        Assert.Equal(2, (await _store.RemoveFinishedAsync(Now + Age, null, 10)).Removed);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Of_what_is_finished_and_old_nothing_is_left_and_the_rest_stays()
    {
        var subject = new SharedRow(new LeadId(Guid.NewGuid()), EventOrder.FromStored(1));
        for (var number = 0; number < 12; number++)
        {
            var lead = Posted.Lead($$"""{"OfferTitle":"{{number}}"}""", Now) with { SharedRow = number < 2 ? subject : null };
            await _store.AcceptAsync(lead, StoreCalls.Print($"{number}"), Now - TimeSpan.FromDays(1), ["crm"]);
            await _store.AcceptAsync(Posted.Lead(Samples.Documented, Now) with { SharedRow = lead.SharedRow }, StoreCalls.Print($"{number}"), Now - TimeSpan.FromDays(1), ["crm"]);
            await _store.DeadLetterAsync(await _store.TakeOneAsync(Now), Now);
            await _store.ResubmitAsync(lead.Id, null, evenDelivered: false, "anna", Now);
            await _store.DeliveredAsync(await _store.TakeOneAsync(Now), Now);
        }

        for (var number = 0; number < 8; number++)
        {
            await _store.KeepRefusedAsync(new RefusedBody(LeadId.New(Now), Sources.Marketplace, null, Now, 400, [], new byte[] { 1 }));
        }

        var dead = await _store.KeepAsync(Now, "mail");
        await _store.DeadLetterAsync(await _store.TakeOneAsync(Now, "mail"), Now);
        var young = await _store.KeepAsync(Now + Age);
        var removed = 0;
        // The newest state of a subject may go only in the round after the others.
        for (var round = 0; round < 2; round++)
        {
            RemovalStep step = default;
            do
            {
                step = await _store.RemoveFinishedAsync(Now + TimeSpan.FromDays(1), step.LastSeen, 5);
                removed += step.Removed;
            }
            while (step.LastSeen is not null);
        }

        Assert.Equal(20, removed);
        Assert.Equal([young.Id, dead.Id], (await _store.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items.Select(run => run.Lead.Id));
        Assert.All(await KeysAsync(), key => Assert.True(
            key.StartsWith("print.", StringComparison.Ordinal) || StoreKeys.LeadOf(key) == dead.Id || StoreKeys.LeadOf(key) == young.Id,
            $"{key} is left over."));
        Assert.Equal(2, (await KeysAsync()).Count(key => key.StartsWith("print.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_lead_with_more_to_remove_than_one_transaction_takes_is_removed()
    {
        var lead = await _store.KeepAsync(Now, "crm");
        for (var attempt = 0; attempt < 130; attempt++)
        {
            await _store.RetryAsync(await _store.TakeOneAsync(Now), Now, Now);
        }

        await _store.DeliveredAsync(await _store.TakeOneAsync(Now), Now);
        Assert.Equal(131, (await _store.DeliveryAsync(lead.Id)).Attempts.Count);

        Assert.Equal(new RemovalStep(1, null), await _store.RemoveFinishedAsync(Now + Age, null, 10));

        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Counts_of_mails_are_forgotten_after_two_days()
    {
        var day = new DateOnly(2026, 11, 21);
        await _store.CountMailAsync([new byte[16], [1, .. new byte[15]]], day, LeadId.New(Now), 5);
        await _store.CountMailAsync([new byte[16]], day.AddDays(1), LeadId.New(Now), 5);
        Assert.Equal(6, (await KeysAsync()).Count);

        await _store.CountMailAsync([new byte[16]], day.AddDays(2), LeadId.New(Now), 5);

        Assert.Equal(4, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task Nothing_tells_after_an_erasure_that_a_mail_went_to_the_address()
    {
        var day = new DateOnly(2026, 11, 21);
        var others = LeadId.New(Now);
        foreach (var number in new[] { 1, 2 })
        {
            var lead = Posted.Lead($$"""{"OfferTitle":"{{number}}","UserDetails":{"Email":"anna@contoso.com"} }""", Now);
            await _store.AcceptAsync(lead, StoreCalls.Print($"{number}"), null, ["mail"]);
            await _store.CountMailAsync([new byte[16]], day, lead.Id, 5);
        }

        await _store.CountMailAsync([[1, .. new byte[15]]], day, others, 5);
        await _store.EraseAsync("anna@contoso.com", countOnly: false, "bob", Now);

        Assert.Equal([StoreKeys.Mails(day, $"01{new string('0', 30)}"), $"{StoreKeys.Mails(day, $"01{new string('0', 30)}")}.{others.Value:N}"], (await KeysAsync()).Where(key => key.StartsWith("mail.", StringComparison.Ordinal)));
        Assert.True(await _store.CountMailAsync([new byte[16]], day, others, 5));
    }

    [Fact]
    public void Whatever_happens_the_indexes_say_what_the_leads_say() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(12), Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 8), 25).ToArbitrary(), steps => AgreesAsync(steps).GetAwaiter().GetResult()));

    private async Task AgreesAsync(int[] steps)
    {
        var taken = new Queue<LeadDelivery>();
        LeadId? newest = null;
        foreach (var step in steps)
        {
            switch (step)
            {
                case 0 or 1:
                    var lead = Posted.Lead($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""", Now);
                    await _store.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), null, [new PlannedDelivery("crm"), new PlannedDelivery("mail", After: "crm")]);
                    newest = lead.Id;
                    break;
                case 2 or 3:
                    foreach (var delivery in (await _store.TakeAsync(Now, 3, step == 2 ? "crm" : "mail")).Deliveries)
                    {
                        taken.Enqueue(delivery);
                    }

                    break;
                case 4 when taken.TryDequeue(out var arrived):
                    await _store.DeliveredAsync(arrived, Now);
                    break;
                case 5 when taken.TryDequeue(out var refused):
                    await _store.DeadLetterAsync(refused, Now);
                    break;
                case 6 when taken.TryDequeue(out var later):
                    await _store.RetryAsync(later, Now, Now + TimeSpan.FromHours(1));
                    break;
                case 7 when newest is { } id:
                    await _store.ResubmitAsync(id, "mail", evenDelivered: true, "anna", Now);
                    break;
                case 8 when newest is { } id:
                    await _store.DiscardAsync(id, null, "no", "anna", Now);
                    break;
            }
        }

        var keys = await KeysAsync();
        var runs = (await _store.ListRunsAsync(new RunFilter(), null, 1_000)).Items.SelectMany(run => run.Deliveries.Select(delivery => (run.Lead.Id, delivery.Destination, delivery.State))).ToArray();
        Assert.Equal(
            runs.Where(delivery => delivery.State.Status is DeliveryStatus.Pending or DeliveryStatus.InFlight).Select(delivery => StoreKeys.Due(delivery.Destination, delivery.State.DueAt, delivery.Id)).Order(StringComparer.Ordinal),
            keys.Where(key => key.StartsWith("due.", StringComparison.Ordinal)));
        Assert.Equal(
            runs.Where(delivery => delivery.State.Status == DeliveryStatus.DeadLetter).Select(delivery => StoreKeys.Dead(delivery.Id, delivery.Destination)).Order(StringComparer.Ordinal),
            keys.Where(key => key.StartsWith("dead.", StringComparison.Ordinal)));
    }

    private async Task<IReadOnlyList<string>> KeysAsync()
    {
        var partitions = await Task.WhenAll(new[] { _table.Refused, _table.Mails, _table.Notes }.Concat(_table.Leads).Select(async partition =>
            await partition.QueryAsync("", "~", select: "RowKey").Select(entity => entity.RowKey).ToListAsync(TestContext.Current.CancellationToken)));
        return [.. partitions.SelectMany(keys => keys).Order(StringComparer.Ordinal)];
    }
}
