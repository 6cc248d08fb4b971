using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

public abstract partial class LeadStoreContract
{
    private static readonly RunFilter Any = new();

    [Fact]
    public async Task A_list_is_newest_first_and_each_of_its_runs_is_whole()
    {
        var older = await Store.KeepAsync(Now, "crm");
        var newest = await Store.KeepAsync(Now + TimeSpan.FromMilliseconds(2), "crm", "mail");
        var middle = await Store.KeepAsync(Now + TimeSpan.FromMilliseconds(1));
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now, "no such column");

        var page = await Store.ListRunsAsync(Any, null, 10, Stop);

        Assert.Equal([newest.Id, middle.Id, older.Id], page.Items.Select(run => run.Lead.Id));
        Assert.Null(page.Next);
        Assert.Equal(older.Content.Utf8, page.Items[2].Lead.Content.Utf8);
        var delivery = Assert.Single(page.Items[2].Deliveries);
        Assert.Equal(("crm", "no such column"), (delivery.Destination, delivery.State.LastError));
        Assert.Single(delivery.Attempts);
    }

    [Fact]
    public async Task The_times_of_a_list_include_their_beginning_and_not_their_end()
    {
        var leads = new List<Lead>();
        for (var second = 0; second < 4; second++)
        {
            leads.Add(await Store.KeepAsync(Now + TimeSpan.FromSeconds(second)));
        }

        await ListsAsync(Any with { From = leads[1].ReceivedAt, To = leads[3].ReceivedAt }, leads[2], leads[1]);
        await ListsAsync(Any with { From = leads[1].ReceivedAt + TimeSpan.FromTicks(1), To = leads[2].ReceivedAt + TimeSpan.FromTicks(1) }, leads[2]);
        await ListsAsync(Any with { To = leads[1].ReceivedAt }, leads[0]);
        await ListsAsync(Any with { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue }, leads[3], leads[2], leads[1], leads[0]);
        await ListsAsync(Any with { From = DateTimeOffset.MaxValue });
        await ListsAsync(Any with { To = DateTimeOffset.MinValue });
    }

    [Fact]
    public async Task A_list_by_source_or_of_test_leads_shows_no_others()
    {
        var real = await KeepAsync("""{"OfferTitle":"A"}""", 1);
        var test = await KeepAsync("""{"OfferTitle":"MSFT_TEST_1"}""", 2);
        var booking = Posted.Lead("""{"OfferTitle":"C"}""", Now + TimeSpan.FromSeconds(3)) with { Source = "bookings" };
        await Store.AcceptAsync(booking, StoreCalls.Print("C"), null, ["crm"]);

        await ListsAsync(Any with { IsTest = true }, test);
        await ListsAsync(Any with { IsTest = false }, booking, real);
        await ListsAsync(Any with { Source = "bookings" }, booking);
        await ListsAsync(Any with { Source = Sources.Marketplace, IsTest = false }, real);
        await ListsAsync(Any with { Source = "' OR 1=1 --" });
    }

    [Fact]
    public async Task A_list_of_repeated_leads_shows_each_once()
    {
        await Store.KeepAsync(Now, "crm");
        var lead = Posted.Lead(Samples.Documented, Now);
        for (var time = 0; time < 3; time++)
        {
            await Store.AcceptAsync(lead, StoreCalls.Print("same"), Now - TimeSpan.FromDays(1), ["mail"]);
        }

        await ListsAsync(Any with { State = RunState.Repeated }, lead);
        await ListsAsync(Any with { State = RunState.Repeated, Destination = "mail" }, lead);
        await ListsAsync(Any with { State = RunState.Repeated, Destination = "crm" });
    }

    [Theory]
    [InlineData("zoë")]
    [InlineData("ZOË MÜLLER")]
    [InlineData("ÖRESUND")]
    [InlineData("zoe@")]
    [InlineData("100% off_")]
    [InlineData("\"quoted\"")]
    [InlineData("日本")]
    public async Task A_search_finds_a_part_of_name_company_address_or_offer_in_any_casing(string text)
    {
        await KeepAsync("""{"OfferTitle":"1000 offers","UserDetails":{"FirstName":"Nobody"}}""", 1);
        var lead = await KeepAsync("""{"OfferTitle":"100% OFF_ER \"quoted\"","UserDetails":{"FirstName":"Zoë","LastName":"Müller","Company":"Öresund 日本","Email":"Zoe@contoso.example"}}""", 2);

        await ListsAsync(Any with { Text = text }, lead);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("UserDetails")]
    [InlineData("a secret wish")]
    [InlineData("' OR ''='")]
    public async Task A_search_takes_its_text_for_a_text_and_looks_nowhere_else(string text)
    {
        await KeepAsync("""{"OfferTitle":"Offer","Description":"a secret wish","UserDetails":{"FirstName":"Some","LastName":"One"}}""", 1);

        await ListsAsync(Any with { Text = text });
    }

    [Fact]
    public async Task A_search_goes_as_far_back_as_it_must()
    {
        var wanted = await KeepAsync("""{"OfferTitle":"Needle"}""", 0);
        for (var second = 1; second <= 30; second++)
        {
            await Store.KeepAsync(Now + TimeSpan.FromSeconds(second), "crm");
        }

        await ListsAsync(Any with { Text = "needle" }, wanted);
        await ListsAsync(Any with { Text = "needle", State = RunState.InProgress }, wanted);
    }

    [Fact]
    public async Task A_search_ends_when_its_caller_is_gone()
    {
        await Store.KeepAsync(Now, "crm");
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ListRunsAsync(Any with { Text = "needle" }, null, 10, caller.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ListRefusedAsync(Any with { Text = "needle" }, null, 10, caller.Token));
    }

    private async Task ListsAsync(RunFilter filter, params Lead[] expected) =>
        Assert.Equal(expected.Select(lead => lead.Id), (await Store.ListRunsAsync(filter, null, 10, Stop)).Items.Select(run => run.Lead.Id));

    private async Task<Lead> KeepAsync(string body, int second)
    {
        var lead = Posted.Lead(body, Now + TimeSpan.FromSeconds(second));
        await Store.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), null, ["crm"]);
        return lead;
    }
}
