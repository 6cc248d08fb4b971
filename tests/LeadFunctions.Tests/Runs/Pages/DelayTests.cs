using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>
/// What an operator asks next: which destination is failing, how long deliveries take, and everything once more from a time on.
/// </summary>
[Collection<InBrowser>]
public sealed class DelayTests(Browser browser)
{
    [Fact]
    public async Task A_failing_destination_stands_above_the_list_until_it_answers_again()
    {
        await using var crm = await FakeDataverse.StartAsync();
        crm.Always = Fault.Status(503, """{"error":{"code":"0x80060891","message":"Under maintenance"}}""");
        await using var app = await LeadApp.StartAsync([
            ("Destinations:crm:Kind", "Dataverse"),
            ("Destinations:crm:Url", crm.Url.ToString()),
            ("Destinations:crm:Auth", "None"),
            ("Delivery:RetrySchedule", string.Join(',', Enumerable.Repeat("00:00:01", 100))),
        ]);
        await app.AcceptAsync(Samples.Documented);
        await Eventually.TrueAsync(async () => (await app.Store.FindValuesAsync("troubles")).Count == 1, "the failure is noted");

        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync();
        var banner = tab.Page.Locator("#failing .notice");
        await Expect(banner).ToContainTextAsync("crm has been failing since");
        await Expect(banner).ToContainTextAsync("Under maintenance");
        await Expect(banner).ToContainTextAsync("Next try:");
        await tab.AssertFitsAsync("banner");
        await banner.GetByRole(AriaRole.Link, new() { Name = "What waits" }).ClickAsync();
        await Expect(tab.Page.Locator("#rows")).ToContainTextAsync("Some One");

        crm.Always = null;
        await Eventually.TrueAsync(() => crm.Rows.Count == 1, "the lead arrives");
        await Eventually.TrueAsync(async () => (await app.Store.FindValuesAsync("troubles")).Count == 0, "the failure is over");
        await tab.GoAsync();
        await Expect(banner).ToHaveCountAsync(0);
        await Expect(tab.Page.Locator("#times")).ToContainTextAsync("1 arrived at crm, half within");
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task Everything_from_a_time_on_is_sent_again_only_when_that_is_confirmed()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
        await app.WaitForStatusAsync(lead, "delivered");
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync($"/api/runs/{lead}");
        await Expect(tab.Page.GetByRole(AriaRole.Article, new() { Name = "crm" })).ToContainTextAsync("after the lead came");

        await tab.GoAsync($"/api/runs?destination=crm&from={DateTime.UtcNow.AddHours(-1):yyyy-MM-dd'T'HH:mm'Z'}");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Send all of these again…" }).ClickAsync();
        await Expect(tab.Page.Locator(".lead-text")).ToContainTextAsync("1 delivery to crm will be made again");
        await tab.AssertFitsAsync("resend");
        await tab.Page.GetByLabel("Send again what has arrived").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send 1 again" }).ClickAsync();

        await Expect(tab.Page.Locator("#notice")).ToHaveTextAsync("1 delivery is being made again.");
        await app.WaitForRunAsync(
            lead,
            run =>
                run.GetProperty("deliveries")
                    .EnumerateArray()
                    .First(delivery => delivery.GetProperty("destination").GetString() == "crm")
                    .GetProperty("attempts")
                    .GetArrayLength() == 2);
        Assert.Empty(tab.Errors);
    }
}
