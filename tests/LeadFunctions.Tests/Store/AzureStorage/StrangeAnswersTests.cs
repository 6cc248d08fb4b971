using Azure.Data.Tables;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

/// <summary>Answers that don't say what was asked for, a table that is gone, and results whose answer got lost.</summary>
public sealed class StrangeAnswersTests(SharedAzurite azurite) : ProxiedStore(azurite)
{
    private static readonly DateTimeOffset Now = Posted.At;


    [Theory]
    [InlineData(200, "<html>Welcome</html>", "text/html", false)]
    [InlineData(200, "<html>Welcome</html>", "text/html", true)]
    [InlineData(200, "{}", "application/json", false)]
    [InlineData(202, "", "multipart/mixed; boundary=x", true)]
    [InlineData(202, "--x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n--x--", "multipart/mixed; boundary=x", true)]
    [InlineData(202, "--x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n--x--", "multipart/mixed; boundary=x", false)]
    [InlineData(204, "", "text/plain", false)]
    [InlineData(404, "<html>Not here</html>", "text/html", false)]
    [InlineData(404, "<html>Not here</html>", "text/html", true)]
    [InlineData(409, "<html>Conflict</html>", "text/html", false)]
    [InlineData(409, "<html>Conflict</html>", "text/html", true)]
    public async Task What_does_not_say_that_all_is_written_is_no_acceptance(int status, string body, string contentType, bool withId)
    {
        Proxy.Always = Fault.Status(status, body, contentType, withId ? [("x-ms-request-id", "1")] : []);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.AcceptAsync(Posted.Lead(Samples.Documented), StoreCalls.Print("a"), Now - TimeSpan.FromDays(1), ["crm"]));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.FindRunAsync(LeadId.New(Now)));
    }

    [Fact]
    public async Task What_does_not_say_that_the_table_is_made_is_no_store()
    {
        Proxy.Always = Fault.Status(200, "<html>Welcome</html>", "text/html");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => AzureLeadStore.OpenAsync(Account, SharedAzurite.NewTable(), new DueSignal()));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.CheckAsync(Now));
    }

    [Fact]
    public async Task A_table_that_somebody_deleted_is_made_again_for_what_comes_now()
    {
        await Store.KeepAsync(Now, "crm");
        await Account.Table(Table, new TableClientOptions()).DeleteAsync(TestContext.Current.CancellationToken);

        var lead = await Store.KeepAsync(Now, "crm");

        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Now)).Lead.Id);
    }

    [Fact]
    public async Task What_waits_for_a_delivery_is_let_go_even_when_the_answer_to_its_record_was_lost()
    {
        var lead = Posted.Lead(Samples.Documented, Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("a"), null, [new PlannedDelivery("crm"), new PlannedDelivery("mail", After: "crm")]);
        var taken = await Store.TakeOneAsync(Now);
        var raised = Due.WaitAsync("mail", TestContext.Current.CancellationToken);
        Proxy.FailNext(Fault.None, Fault.ResetAfterHandling);

        Assert.True(await Store.DeliveredAsync(taken, Now));

        await raised;
        Assert.Single((await Store.DeliveryAsync(lead.Id)).Attempts);
        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Now + TimeSpan.FromSeconds(1), "mail")).Lead.Id);
    }

    [Fact]
    public async Task An_act_whose_answer_was_lost_says_what_it_did()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now);
        Proxy.FailNext(Fault.None, Fault.ResetAfterHandling);
        Assert.Equal(1, await Store.ResubmitAsync(lead.Id, null, evenDelivered: false, "anna", Now));
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now);
        Proxy.FailNext(Fault.None, Fault.ResetAfterHandling);

        Assert.Equal(1, await Store.DiscardAsync(lead.Id, null, "no", "anna", Now));

        Assert.Equal([AuditEntry.Resubmitted, AuditEntry.Discarded], (await Store.FindRunAsync(lead.Id))!.Audit.Select(act => act.Kind));
    }

    [Fact]
    public async Task Whoever_waits_for_a_turn_at_a_service_that_hangs_is_told_in_time()
    {
        using var table = new StoreTable(Account with { MostForAll = TimeSpan.FromMilliseconds(300) }, Table);
        Proxy.Always = Fault.Hang;

        // More than are sent at once.
        var failures = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => Assert.ThrowsAsync<StoreUnavailableException>(() => table.Notes.FindAsync("check"))));

        Assert.All(failures, failure => Assert.Contains("no answer within 0.3 seconds", failure.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\u007f", 250_000)]
    [InlineData("\U0001F600", 125_000)]
    public async Task A_body_that_grows_when_it_is_normalised_fits_into_an_entity(string letter, int count)
    {
        var lead = Posted.Lead($$"""{"OfferTitle":"{{string.Concat(Enumerable.Repeat(letter, count))}}"}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("a"), null, ["crm"]);

        Assert.Equal(lead.Content.Utf8, (await Store.TakeOneAsync(Now)).Lead.Content.Utf8);
        // What an entity takes by the service's documentation; Azurite takes more.
        Assert.InRange(Proxy.Requests.Where(request => request.Method == "POST").Max(request => request.Content.Length), 1, 1024 * 1024);
    }
}
