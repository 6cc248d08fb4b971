using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.AzureStorage.Rest;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage.Rest;

/// <summary>Answers that don't say what was asked for, a table that is gone, and results whose answer got lost.</summary>
public sealed class StrangeAnswersTests(SharedAzurite azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Posted.At;

    private readonly string _name = SharedAzurite.NewTable();
    private readonly DueSignal _due = new();
    private StorageProxy _proxy = null!;
    private StorageAccount _account = null!;
    private AzureLeadStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        var behind = await azurite.GetAsync();
        _proxy = await StorageProxy.StartAsync(behind);
        _account = SharedAzurite.Account(behind.ConnectionString(_proxy.Tables));
        _store = await AzureLeadStore.OpenAsync(_account, _name, _due);
    }

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(200, "<html>Welcome</html>", "text/html")]
    [InlineData(202, "", "multipart/mixed; boundary=x")]
    [InlineData(202, "--x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n--x--", "multipart/mixed; boundary=x")]
    [InlineData(204, "", "text/plain")]
    [InlineData(404, "<html>Not here</html>", "text/html")]
    [InlineData(409, "<html>Conflict</html>", "text/html")]
    public async Task What_does_not_say_that_all_is_written_is_no_acceptance(int status, string body, string contentType)
    {
        _proxy.Always = Fault.Status(status, body, contentType);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.AcceptAsync(Posted.Lead(Samples.Documented), StoreCalls.Print("a"), Now - TimeSpan.FromDays(1), ["crm"]));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.FindRunAsync(LeadId.New(Now)));
    }

    [Fact]
    public async Task What_does_not_say_that_the_table_is_made_is_no_store()
    {
        _proxy.Always = Fault.Status(200, "<html>Welcome</html>", "text/html");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => AzureLeadStore.OpenAsync(_account, SharedAzurite.NewTable(), new DueSignal()));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.CheckAsync(Now));
    }

    [Fact]
    public async Task A_table_that_somebody_deleted_is_made_again_for_what_comes_now()
    {
        await _store.KeepAsync(Now, "crm");
        using var sender = new StorageSender(_account);
        var deleted = await sender.SendAsync("delete table", () => new HttpRequestMessage(HttpMethod.Delete, sender.Address($"/Tables('{_name}')")) { Headers = { { "Accept", "application/json" } } });
        Assert.Equal(204, deleted.Status);

        var lead = await _store.KeepAsync(Now, "crm");

        Assert.Equal(lead.Id, (await _store.TakeOneAsync(Now)).Lead.Id);
    }

    [Fact]
    public async Task What_waits_for_a_delivery_is_let_go_even_when_the_answer_to_its_record_was_lost()
    {
        var lead = Posted.Lead(Samples.Documented, Now);
        await _store.AcceptAsync(lead, StoreCalls.Print("a"), null, [new PlannedDelivery("crm"), new PlannedDelivery("mail", After: "crm")]);
        var taken = await _store.TakeOneAsync(Now);
        var raised = _due.WaitAsync("mail", TestContext.Current.CancellationToken);
        _proxy.FailNext(Fault.None, Fault.ResetAfterHandling);

        Assert.True(await _store.DeliveredAsync(taken, Now));

        await raised;
        Assert.Single((await _store.DeliveryAsync(lead.Id)).Attempts);
        Assert.Equal(lead.Id, (await _store.TakeOneAsync(Now + TimeSpan.FromSeconds(1), "mail")).Lead.Id);
    }

    [Fact]
    public async Task An_act_whose_answer_was_lost_says_what_it_did()
    {
        var lead = await _store.KeepAsync(Now, "crm");
        await _store.DeadLetterAsync(await _store.TakeOneAsync(Now), Now);
        _proxy.FailNext(Fault.None, Fault.ResetAfterHandling);
        Assert.Equal(1, await _store.ResubmitAsync(lead.Id, null, evenDelivered: false, "anna", Now));
        await _store.DeadLetterAsync(await _store.TakeOneAsync(Now), Now);
        _proxy.FailNext(Fault.None, Fault.ResetAfterHandling);

        Assert.Equal(1, await _store.DiscardAsync(lead.Id, null, "no", "anna", Now));

        Assert.Equal([RunAct.Resubmitted, RunAct.Discarded], (await _store.FindRunAsync(lead.Id))!.Acts.Select(act => act.Kind));
    }

    [Fact]
    public async Task Whoever_waits_for_a_turn_at_a_service_that_hangs_is_told_in_time()
    {
        using var sender = new StorageSender(_account, mostForAll: TimeSpan.FromMilliseconds(300));
        var table = new TableClient(sender, _name, "leads");
        _proxy.Always = Fault.Hang;

        // More than are sent at once.
        var failures = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => Assert.ThrowsAsync<StoreUnavailableException>(() => table.FindAsync("check"))));

        Assert.All(failures, failure => Assert.Contains("no answer within 0.3 seconds", failure.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\u007f", 250_000)]
    [InlineData("\U0001F600", 125_000)]
    public async Task A_body_that_grows_when_it_is_normalised_fits_into_an_entity(string letter, int count)
    {
        var lead = Posted.Lead($$"""{"OfferTitle":"{{string.Concat(Enumerable.Repeat(letter, count))}}"}""", Now);
        await _store.AcceptAsync(lead, StoreCalls.Print("a"), null, ["crm"]);

        Assert.Equal(lead.Content.Utf8, (await _store.TakeOneAsync(Now)).Lead.Content.Utf8);
        // What an entity takes by the service's documentation; Azurite takes more.
        Assert.InRange(_proxy.Requests.Where(request => request.Method == "POST").Max(request => request.Content.Length), 1, 1024 * 1024);
    }
}
