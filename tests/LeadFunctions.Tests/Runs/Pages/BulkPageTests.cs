using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

[Collection<InBrowser>]
public sealed class BulkPageTests(Browser browser)
{
    [Fact]
    public async Task What_matches_a_filter_is_counted_confirmed_and_resubmitted_and_nothing_else()
    {
        await using var app = await LeadApp.StartAsync();
        foreach (var company in new[] { "Contoso", "Contoso", "Fabrikam" })
        {
            await app.KeepAsync($$$"""{"UserDetails":{"Company":"{{{company}}}"}}""", DateTimeOffset.UtcNow, "erp");
            await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(DateTimeOffset.UtcNow, "erp"), DateTimeOffset.UtcNow);
        }

        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync("/api/runs?status=dead_letter&text=contoso");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Resubmit all of these…" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".lead-text")).ToContainTextAsync("2 dead letters of 2 leads");
        Assert.Equal(3, (await app.Store.CheckAsync(DateTimeOffset.UtcNow)).DeadLetters);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Resubmit 2" }).ClickAsync();

        await Assertions.Expect(tab.Page.Locator("#notice")).ToHaveTextAsync("Resubmitted: 2 deliveries are being tried again.");
        Assert.Equal(1, (await app.Store.CheckAsync(DateTimeOffset.UtcNow)).DeadLetters);
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task What_takes_longer_than_one_answer_may_goes_on_by_itself_until_all_is_done()
    {
        await using var app = await LeadApp.StartAsync(time: new HurriedTime());
        await Task.WhenAll(Enumerable.Range(0, 600).Select(_ => app.KeepAsync("""{"OfferTitle":"Alpha"}""", DateTimeOffset.UtcNow, "erp")));
        var claim = await app.Store.TakeAsync(DateTimeOffset.UtcNow, 600, "erp");
        await Task.WhenAll(claim.Deliveries.Select(delivery => app.Store.DeadLetterAsync(delivery, DateTimeOffset.UtcNow)));
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync("/api/runs/resubmit?status=dead_letter");
        await Assertions.Expect(tab.Page.Locator(".lead-text")).ToContainTextAsync("At least 500 dead letters");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Resubmit all" }).ClickAsync();

        await Assertions.Expect(tab.Page.Locator("#notice")).ToHaveTextAsync("Resubmitted: 600 deliveries are being tried again.");
        Assert.Equal(0, (await app.Store.CheckAsync(DateTimeOffset.UtcNow)).DeadLetters);
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task What_has_arrived_is_sent_again_only_when_the_box_is_ticked()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
        await app.WaitForStatusAsync(lead, "delivered");
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync($"/api/runs/{lead}");
        var card = tab.Page.GetByRole(AriaRole.Article, new() { Name = "crm" });
        await card.GetByText("Send it again…").ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        Assert.Single(
            (await app.RunAsync(lead)).GetProperty("deliveries").EnumerateArray().First().GetProperty("attempts").EnumerateArray());

        await card.GetByLabel("Send it again although it has arrived").CheckAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();

        await Assertions.Expect(tab.Page.Locator("#notice")).ToHaveTextAsync("Resubmitted: 1 delivery is being tried again.");
        await app.WaitForRunAsync(
            lead,
            run =>
                run.GetProperty("deliveries")
                    .EnumerateArray()
                    .First(delivery => delivery.GetProperty("destination").GetString() == "crm")
                    .GetProperty("attempts")
                    .GetArrayLength() == 2);
    }

    [Fact]
    public async Task An_empty_store_says_how_to_send_a_test_and_the_command_works()
    {
        await using var app = await LeadApp.StartAsync();
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync();
        var command = await tab.Page.Locator(".empty pre").TextContentAsync();
        await tab.AssertFitsAsync("empty");

        var body = command![(command!.IndexOf("-d '", StringComparison.Ordinal) + 4)..command.LastIndexOf('\'')];
        await app.AcceptAsync(body);

        await Assertions.Expect(tab.Page.Locator("#rows")).ToContainTextAsync("Some One");
    }
}
