using System.Diagnostics;
using Azure.Core;
using Azure.Identity;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.AzureStorage.Rest;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage.Rest;

/// <summary>Answers that fail, come late, or get lost on their way from Azurite.</summary>
public sealed class StorageSenderTests(SharedAzurite azurite) : ProxiedStore(azurite)
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
        Proxy.FailNext(Fault.None, Fault.None, Fault.ResetAfterHandling);

        var taken = await Store.TakeOneAsync(Posted.At);

        Assert.Equal((lead.Id, 1), (taken.Lead.Id, taken.Lease));
        Assert.True(await Store.DeliveredAsync(taken, Posted.At));
        Assert.Equal(["delivered"], (await Store.DeliveryAsync(lead.Id)).Attempts.Select(attempt => attempt.Outcome));
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
    public async Task A_replay_whose_answer_was_lost_is_done_once()
    {
        var refused = new RefusedBody(LeadId.New(Posted.At), Sources.Marketplace, null, Posted.At, 400, [], "{}"u8.ToArray());
        await Store.KeepRefusedAsync(refused);
        Proxy.FailNext(Fault.None, Fault.ResetAfterHandling);

        var acceptance = await Store.ReplayAsync(Posted.Lead(Samples.Documented) with { Id = refused.Id }, StoreCalls.Print("a"), TimeSpan.FromDays(1), [new PlannedDelivery("crm")], "anna", Posted.At);

        Assert.Equal(new Acceptance(refused.Id, IsRepeat: false), acceptance);

        Assert.Single((await Store.FindRunAsync(refused.Id))!.Acts);
    }

    [Fact]
    public async Task What_does_not_pass_ends_with_the_accounts_name_and_the_operation_and_nothing_that_is_secret_or_personal()
    {
        Proxy.Always = Fault.Status(503, """{"odata.error":{"code":"ServerBusy","message":{"value":"zoe@contoso.example"}}}""");

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.AcceptAsync(Posted.Lead(Samples.Documented), StoreCalls.Print("a"), null, ["crm"]));

        Assert.Equal("The storage account devstoreaccount1 can't be used (accept): it answered 503 ServerBusy.", exception.Message);
        Assert.Null(exception.InnerException);
    }

    [Fact]
    public async Task A_wrong_key_is_called_one_and_is_not_tried_again()
    {
        var wrong = new StorageAccount(Account.Name, Account.Tables, new SharedKey(Account.Name, [1, 2, 3]));
        var before = Proxy.Requests.Count;

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => AzureLeadStore.OpenAsync(wrong, SharedAzurite.NewTable(), new DueSignal()));

        Assert.Contains("refuses the key", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before + 1, Proxy.Requests.Count);
    }

    [Fact]
    public async Task What_never_answers_is_given_up_and_tried_again()
    {
        using var sender = new StorageSender(Account, TimeSpan.FromMilliseconds(200));
        var table = new TableClient(sender, SharedAzurite.NewTable(), "p");
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

    [Fact]
    public async Task An_identity_shows_its_token_for_storage()
    {
        var credential = new GivenToken();
        using var sender = new StorageSender(Account with { Key = new IdentityToken(credential) });

        await Assert.ThrowsAsync<StoreUnavailableException>(() => new TableClient(sender, SharedAzurite.NewTable(), "p").MakeAsync());

        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
        Assert.Equal("Bearer a-token", Proxy.Requests[^1].Headers["Authorization"]);
    }

    [Fact]
    public async Task An_identity_that_gets_no_token_is_a_store_that_can_not_be_used()
    {
        using var sender = new StorageSender(Account with { Key = new IdentityToken(new GivenToken { Fails = true }) });

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => new TableClient(sender, SharedAzurite.NewTable(), "p").MakeAsync());

        Assert.Contains("managed identity", exception.Message, StringComparison.Ordinal);
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
