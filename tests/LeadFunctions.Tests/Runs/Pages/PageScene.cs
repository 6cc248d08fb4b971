using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>A program with a month behind it: leads of every state, a CRM that misses a column, refused bodies, acts.</summary>
public sealed class PageScene : IAsyncLifetime
{
    private static readonly string[] Offers =
    [
        "Contoso Backup for Azure",
        "Contoso Data Sync",
        "Contoso Insights, monthly plan with support and onboarding for teams",
    ];

    private static readonly (string First, string Last, string Company)[] People =
    [
        ("Amelie", "Brandt", "Nordwind Logistik GmbH"),
        ("Ravi", "Krishnan", "Fabrikam"),
        ("Zoë", "O’Neill", "Tailspin Toys"),
        ("明", "李", "北京云科技有限公司"),
        ("يوسف", "حداد", "شركة النور"),
        ("Jo", "Smith", "Wide World Importers"),
    ];

    private FakeDataverse _crm = null!;

    internal LeadApp App { get; private set; } = null!;

    internal Uri Address => App.Client.BaseAddress!;

    internal LeadId DeadLetter { get; private set; }

    internal LeadId Delivered { get; private set; }

    internal LeadId Refused { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _crm = await FakeDataverse.StartAsync();
        var time = new ManualTime();
        App = await LeadApp.StartAsync(
        [
            ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", _crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
            ("Destinations:crm:Columns:new_campain", "{{Campaign}}"),
            ("Destinations:mail:Kind", "MailDrop"),
        ],
        time);
        for (var number = 0; number < 60; number++)
        {
            var (first, last, company) = People[number % People.Length];
            var at = Posted.At - TimeSpan.FromHours(11.3 * number) - TimeSpan.FromMinutes(1);
            Delivered = await KeepAsync(
                new
                {
                    UserDetails = new
                    {
                        FirstName = first,
                        LastName = last,
                        Company = company,
                        Email = $"person{number}@contoso.com",
                        Country = "DE",
                    },
                    OfferTitle = Offers[number % 3],
                    LeadSource = $"AzureMarketplace-{(number % 7 == 0 ? "DNC" : "INS")}|contoso.offer{number % 3}",
                    Description = $"Lead {number}",
                },
                at);
        }

        for (var number = 0; number < 4; number++)
        {
            DeadLetter = await KeepAsync(
                new
                {
                    UserDetails = new
                    {
                        FirstName = "Dana",
                        LastName = "Whitfield",
                        Company = "Proseware, Inc.",
                        Email = "dana@proseware.example",
                    },
                    OfferTitle = Offers[1],
                    ActionCode = "INS",
                    Campaign = $"spring-{number}",
                },
                Posted.At - TimeSpan.FromHours(30 * number) - TimeSpan.FromSeconds(40));
        }

        await App.Store.KeepAsync(Posted.At - TimeSpan.FromMinutes(3), "erp");
        await App.Store.AcceptAsync(
            Posted.Lead(
                """{"OfferTitle":"MSFT_TEST_OfferTitle","UserDetails":{"Email":"test@contoso.com"}}""",
                Posted.At - TimeSpan.FromMinutes(8)),
            StoreCalls.Print("none"),
            null,
            []);
        await App.AcceptAsync(Samples.Documented);
        await App.AcceptAsync(Samples.Documented);
        Refused = (
            await ProblemAnswer.RefuseAsync(
                App,
                """{"UserDetails":{"FirstName":["Some"],"Email":17},"OfferTitle":5,"LeadSource":"AzureMarketplace"}"""))
            .RefusedId!
            .Value;
        await Eventually.TrueAsync(
            async () => (await App.Store.CheckAsync(time.GetUtcNow())) is { DeadLetters: 4, Unfinished.Count: 1 },
            "all is delivered but what can't be");
        await App.Store.DiscardAsync(DeadLetter, "crm", "Entered by hand", "anna", Posted.At);
        time.Advance(TimeSpan.FromSeconds(2));
        await App.Store.ResubmitAsync(DeadLetter, "crm", false, "anna", time.GetUtcNow());
        await Eventually.TrueAsync(
            async () => (await App.Store.CheckAsync(time.GetUtcNow())).DeadLetters == 4,
            "it is a dead letter again");
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _crm.DisposeAsync();
    }

    private async Task<LeadId> KeepAsync(object body, DateTimeOffset at)
    {
        var lead = Posted.Lead(JsonSerializer.Serialize(body), at);
        await App.Store.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), null, [new("crm"), new("mail")]);
        return lead.Id;
    }
}
