using System.Diagnostics;
using Azure.Core;
using Azure.Identity;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

/// <summary>Answers that fail, come late, or get lost on their way from Azurite.</summary>
public sealed class LostAnswersTests(SharedAzurite azurite) : ProxiedStore(azurite)
{
    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task What_passes_is_tried_again(int status)
    {
        Proxy.FailNext(Fault.Status(status), Fault.Status(status, """{"odata.error":{"code":"ServerBusy"}}"""));

        var lead = await Store.KeepAsync(Posted.At, "crm");

        Assert.NotNull(await Store.FindRunAsync(lead.Id));
    }

    [Fact]
    public async Task A_lead_whose_answer_was_lost_is_accepted_once_and_is_no_repeat_of_itself()
    {
        Proxy.FailNext(Fault.ResetAfterHandling);

        // KeepAsync insists on an acceptance that is no repeat.
        var lead = await Store.KeepAsync(Posted.At, "crm");

        Assert.Empty((await Store.FindRunAsync(lead.Id))!.RepeatedAt);
        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Posted.At)).Lead.Id);
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_the_callers_all_the_same()
    {
        var lead = await Store.KeepAsync(Posted.At, "crm");
        Proxy.FailNext([.. Enumerable.Repeat(Fault.None, LeadId.Partitions + 1), Fault.ResetAfterHandling]);

        var taken = await Store.TakeOneAsync(Posted.At);

        Assert.Equal((lead.Id, 1), (taken.Lead.Id, taken.ClaimNumber));
        Assert.True(await Store.DeliveredAsync(taken, Posted.At));
        Assert.Equal(["delivered"], (await Store.DeliveryAsync(lead.Id)).Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task What_was_taken_of_a_lead_before_the_store_failed_is_delivered()
    {
        var lead = Posted.Lead(Samples.Documented, Posted.At) with { SharedRow = new SharedRow(new LeadId(Guid.NewGuid()), EventOrder.FromStored(1)) };
        lead = lead.For(new byte[16]);
        await Store.AcceptAsync(lead, new byte[16], null, ["crm", "mail"]);
        var commits = 0;
        Proxy.FaultOf = request => request.Path.EndsWith("$batch", StringComparison.Ordinal) && ++commits > 1 ? Fault.Status(403, "{}") : null;

        var claim = await Store.ClaimLeadAsync(lead.Id, ["crm", "mail"], Posted.At, Posted.At + StoreCalls.LeaseTime);

        Proxy.FaultOf = null;
        Assert.True(await Store.DeliveredAsync(Assert.Single(claim.Deliveries), Posted.At));
        Assert.Equal(Posted.At + TimeSpan.FromSeconds(1), claim.Again);
        Assert.Single((await Store.ClaimLeadAsync(lead.Id, ["crm", "mail"], Posted.At, Posted.At + StoreCalls.LeaseTime)).Deliveries);
    }

    [Fact]
    public async Task A_turn_that_is_not_used_is_given_back()
    {
        var (first, second) = (await Store.KeepAsync(Posted.At, "crm"), await Store.KeepAsync(Posted.At, "crm"));
        await Store.TakeAsync(Posted.At);
        var later = Posted.At + StoreCalls.LeaseTime + TimeSpan.FromSeconds(1);
        using var next = await AzureLeadStore.OpenAsync(Account, Table, Due);
        Proxy.FaultOf = request => request.Body.Contains("in_flight", StringComparison.Ordinal) ? Fault.Status(403, "{}") : null;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => next.ClaimLeadAsync(first.Id, ["crm"], later, later + StoreCalls.LeaseTime));
        Proxy.FaultOf = null;

        Assert.Single((await next.ClaimLeadAsync(second.Id, ["crm"], later, later + StoreCalls.LeaseTime)).Deliveries);
    }

    [Fact]
    public async Task A_result_whose_answer_was_lost_is_in_the_history_once()
    {
        var lead = await Store.KeepAsync(Posted.At, "crm");
        var taken = await Store.TakeOneAsync(Posted.At);
        Proxy.FailNext(Fault.None, Fault.ResetAfterHandling);

        await Store.RetryAsync(taken, Posted.At, Posted.At + TimeSpan.FromMinutes(1));

        var delivery = await Store.DeliveryAsync(lead.Id);
        Assert.Equal((DeliveryStatus.Pending, 1), (delivery.State.Status, delivery.State.Failures));
        Assert.Single(delivery.Attempts);
    }

    [Fact]
    public async Task A_lead_that_was_kept_although_its_sender_heard_of_a_failure_is_found_when_it_is_sent_again()
    {
        var first = Posted.Lead(Samples.Documented).For(StoreCalls.Print("a"));
        var again = Posted.Lead(Samples.Documented).For(StoreCalls.Print("a"));
        Proxy.FailNext(Fault.ResetAfterHandling);
        Proxy.Always = Fault.Status(503);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.AcceptAsync(first, StoreCalls.Print("a"), Posted.At - TimeSpan.FromDays(1), ["crm"]));
        Proxy.Always = null;

        var acceptance = await Store.AcceptAsync(again, StoreCalls.Print("a"), Posted.At - TimeSpan.FromDays(1), ["crm"]);

        Assert.Equal(new Acceptance(first.Id, IsRepeat: true), acceptance);
        Assert.Equal(first.Id, (await Store.TakeOneAsync(Posted.At)).Lead.Id);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_replay_that_was_cut_off_is_finished_by_the_next_and_makes_one_lead(int request)
    {
        var refused = new RefusedBody(LeadId.New(Posted.At).InPartition(1), Sources.Marketplace, null, Posted.At, 400, [], "{}"u8.ToArray());
        await Store.KeepRefusedAsync(refused);
        var lead = Posted.Lead(Samples.Documented) with { Id = refused.Id };
        // Read the body, read the lead, read the fingerprint, search around it, note its place, write it, note that it was replayed.
        Proxy.FailNext([.. Enumerable.Repeat(Fault.None, request), Fault.ResetAfterHandling]);
        Proxy.Always = null;
        var cut = Task.Run(() => Store.ReplayAsync(lead, StoreCalls.Print("a"), TimeSpan.FromDays(1), [new PlannedDelivery("crm")], "anna", Posted.At));
        await Proxy.WaitForAsync(() => cut.IsCompleted || Proxy.Requests.Count > request);
        await cut;

        var second = await Store.ReplayAsync(lead, StoreCalls.Print("a"), TimeSpan.FromDays(1), [new PlannedDelivery("crm")], "anna", Posted.At);

        Assert.Null(second);
        Assert.Equal(refused.Id, (await Store.TakeOneAsync(Posted.At)).Lead.Id);
        Assert.Single((await Store.FindRunAsync(refused.Id))!.Audit);
    }

    [Fact]
    public async Task A_replay_whose_answer_was_lost_is_done_once()
    {
        var refused = new RefusedBody(LeadId.New(Posted.At), Sources.Marketplace, null, Posted.At, 400, [], "{}"u8.ToArray());
        await Store.KeepRefusedAsync(refused);
        Proxy.FailNext(Fault.None, Fault.ResetAfterHandling);

        var acceptance = await Store.ReplayAsync(Posted.Lead(Samples.Documented) with { Id = refused.Id }, StoreCalls.Print("a"), TimeSpan.FromDays(1), [new PlannedDelivery("crm")], "anna", Posted.At);

        Assert.Equal(new Acceptance(refused.Id, IsRepeat: false), acceptance);

        Assert.Single((await Store.FindRunAsync(refused.Id))!.Audit);
    }

    [Fact]
    public async Task What_does_not_pass_ends_with_the_accounts_name_and_the_operation_and_nothing_that_is_secret_or_personal()
    {
        Proxy.Always = Fault.Status(503, """{"odata.error":{"code":"ServerBusy","message":{"value":"zoe@contoso.example"}}}""");

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.AcceptAsync(Posted.Lead(Samples.Documented).For(StoreCalls.Print("a")), StoreCalls.Print("a"), null, ["crm"]));

        Assert.Equal("The storage account devstoreaccount1 can't be used (accept): it answered 503 ServerBusy.", exception.Message);
        Assert.Null(exception.InnerException);
    }

    [Fact]
    public async Task A_wrong_key_is_called_one_and_is_not_tried_again()
    {
        var wrong = StorageAccount.WithKey(Account.Name, Account.Tables, Account.Queues, "AQID");
        var before = Proxy.Requests.Count;

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => AzureLeadStore.OpenAsync(wrong, SharedAzurite.NewTable(), new DueSignal()));

        Assert.Contains("refuses the key", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before + 1, Proxy.Requests.Count);
    }

    [Fact]
    public async Task What_never_answers_is_given_up_and_tried_again()
    {
        using var table = new StoreTable(Account with { MostForOne = TimeSpan.FromMilliseconds(200) }, SharedAzurite.NewTable());
        Proxy.FailNext(Fault.Hang);
        await table.MakeAsync();
        Proxy.Always = Fault.Hang;

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(table.MakeAsync);

        Assert.Contains("no answer within 0.2 seconds", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_when_the_store_is_closed_is_told_so()
    {
        Proxy.Always = Fault.Hang;
        var waiting = Store.KeepAsync(Posted.At, "crm");
        await Proxy.WaitForAsync(() => Proxy.InFlight == 1);

        Store.Dispose();

        Assert.Contains("stopping", (await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting)).Message, StringComparison.Ordinal);
        Assert.Contains("stopping", (await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.CheckAsync(Posted.At))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_identity_is_asked_for_a_token_for_storage_and_without_one_the_store_can_not_be_used(bool fails)
    {
        var credential = new GivenToken { Fails = fails };
        // Tokens go over https alone, and nobody is there.
        var account = StorageAccount.WithIdentity("contoso", credential) with { Tables = new Uri("https://127.0.0.1:9") };
        using var table = new StoreTable(account, SharedAzurite.NewTable());

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(table.MakeAsync);

        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
        Assert.Contains(fails ? "managed identity" : "no answer (ConnectionError)", exception.Message, StringComparison.Ordinal);
    }

    private sealed class GivenToken : TokenCredential
    {
        public bool Fails { get; init; }

        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new UnreachableException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return Fails ? throw new AuthenticationFailedException("no endpoint") : ValueTask.FromResult(new AccessToken("a-token", DateTimeOffset.MaxValue));
        }
    }
}
