using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>
/// What the run history is for: a lead that failed is found, its error read, the configuration put right, the lead resubmitted and seen
/// delivered.
/// </summary>
[Collection<InBrowser>]
public sealed class StoryTests(Browser browser)
{
    private const string Key = "SG.a-key-that-may-send";
    private const string RunsKey = "a-key-for-the-run-history";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lead_that_failed_for_a_wrong_column_is_put_right_in_the_browser_and_its_mail_is_not_sent_again(bool script)
    {
        using var folder = new TemporaryFolder();
        await using var crm = await FakeDataverse.StartAsync();
        await using var sendGrid = await FakeSendGrid.StartAsync(Key);
        await using var window = await browser.OpenAsync(new Uri("http://localhost"), script: script);
        var page = window.Page;
        Guid lead;
        await using (var app = await LeadApp.StartAsync(Settings(crm, sendGrid, "new_campain"), folder: folder))
        {
            lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
            await app.AcceptAsync("""{"OfferTitle":"Another","UserDetails":{"FirstName":"Else"}}""");
            await Eventually.TrueAsync(
                async () => (await app.Store.CheckAsync(DateTimeOffset.UtcNow)) is { DeadLetters: 2, Unfinished.Count: 0 },
                "both are dead letters at the CRM, and the mails are sent");

            await page.GotoAsync(new Uri(app.Client.BaseAddress!, "/api/runs").ToString());
            await page.GetByLabel("Key").FillAsync(RunsKey);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "2 Dead letter" }).ClickAsync();
            await page.GetByLabel("Search").FillAsync("contoso");
            await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "Some One" }).ClickAsync();

            var failed = page.GetByRole(AriaRole.Article, new() { Name = "crm Dataverse" });
            await Expect(failed.Locator(".error")).ToContainTextAsync("Invalid property 'new_campain' was found in entity");
            await failed.GetByText("What was sent last").ClickAsync();
            await Expect(failed.Locator("pre").First).ToContainTextAsync("\"new_campain\": \"Contoso\"");
        }

        await using (var app = await LeadApp.StartAsync(Settings(crm, sendGrid, "new_campaign"), folder: folder))
        {
            crm.AddColumn("new_campaign", maxLength: 100);
            await page.GotoAsync(new Uri(app.Client.BaseAddress!, $"/api/runs/{lead}").ToString());
            var card = page.GetByRole(AriaRole.Article, new() { Name = "crm Dataverse" });
            await card.GetByText("What would be sent now").ClickAsync();
            await Expect(card.Locator("pre").Last).ToContainTextAsync("\"new_campaign\": \"Contoso\"");
            await card.GetByRole(AriaRole.Button, new() { Name = "Resubmit" }).ClickAsync();

            await Expect(page.Locator("#notice")).ToHaveTextAsync("Resubmitted: 1 delivery is being tried again.");
            if (!script)
            {
                await Eventually.TrueAsync(() => crm.Rows.ContainsKey(lead), "the CRM has it");
                await Eventually.TrueAsync(
                    async () => (await app.Store.CheckAsync(DateTimeOffset.UtcNow)).Unfinished.Count == 0,
                    "that is recorded");
                await page.ReloadAsync();
            }

            await Expect(card.Locator(".badge")).ToContainTextAsync("Delivered");
            await Expect(page.GetByText("Resubmitted for crm by key anna")).ToBeVisibleAsync();
        }

        Assert.Equal("Contoso", crm.Rows[lead]["new_campaign"]!.GetValue<string>());
        Assert.Single(sendGrid.Mails, mail => mail.CustomArgs["lead_id"] == lead.ToString());
        Assert.Empty(window.Errors);
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static (string, string)[] Settings(FakeDataverse crm, FakeSendGrid sendGrid, string column) =>
        [
            ("Destinations:crm:Kind", "Dataverse"),
            ("Destinations:crm:Url", crm.Url.ToString()),
            ("Destinations:crm:Auth", "None"),
            ($"Destinations:crm:Columns:{column}", "{{UserDetails.Company}}{{#unless UserDetails.Company}}none{{/unless}}"),
            ("Destinations:mail:Kind", "SendGrid"),
            ("Destinations:mail:Host", sendGrid.Url.ToString()),
            ("Destinations:mail:ApiKey", Key),
            ("Destinations:mail:From", "leads@fabrikam.example"),
            ("Destinations:mail:To", "sales@fabrikam.example"),
            ("Runs:Keys:anna", RunsKey),
        ];
}
