using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>The page keeps up with what happens, and leaves alone what its reader is doing.</summary>
[Collection<InBrowser>]
public sealed class LiveTests(Browser browser)
{
    [Fact]
    public async Task A_new_lead_comes_up_while_rows_and_focus_stay()
    {
        await using var app = await LeadApp.StartAsync();
        var first = await app.KeepAsync("""{"UserDetails":{"FirstName":"First"}}""", DateTimeOffset.UtcNow, "erp");
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync();
        var link = tab.Page.GetByRole(AriaRole.Link, new() { Name = "First" });
        await link.FocusAsync();
        await tab.Page.EvaluateAsync("id => { document.getElementById(id).kept = true; }", $"r-{first.Id}");

        await app.KeepAsync("""{"UserDetails":{"FirstName":"Second"}}""", DateTimeOffset.UtcNow, "erp");

        await Assertions.Expect(tab.Page.Locator("#rows tr")).ToHaveCountAsync(2);
        await Assertions.Expect(tab.Page.Locator("#rows tr").First).ToContainTextAsync("Second");
        await Assertions.Expect(tab.Page.Locator("#live-state")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^1 new at "));
        await Assertions.Expect(tab.Page.Locator("#counts .all .number")).ToHaveTextAsync("2");
        await Assertions.Expect(link).ToBeFocusedAsync();
        Assert.True(await tab.Page.EvaluateAsync<bool>("id => document.getElementById(id).kept === true", $"r-{first.Id}"));

        await app.Store.DeadLetterAsync(
            (await app.Store.TakeAsync(DateTimeOffset.UtcNow, most: 1, "erp")).Deliveries[0],
            DateTimeOffset.UtcNow);

        await Assertions.Expect(tab.Page.Locator($"#r-{first.Id} .state")).ToContainTextAsync("Dead letter");
        await Assertions.Expect(link).ToBeFocusedAsync();
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task What_is_being_typed_is_not_swapped_away()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await app.KeepAsync("""{"UserDetails":{"FirstName":"First"}}""", DateTimeOffset.UtcNow, "erp");
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(DateTimeOffset.UtcNow, "erp"), DateTimeOffset.UtcNow);
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync($"/api/runs/{lead.Id}");
        await tab.Page.GetByText("Discard…").ClickAsync();
        await tab.Page.GetByLabel("Why it need not").FillAsync("Half a sen");

        await app.Store.ResubmitAsync(lead.Id, null, false, "ben", DateTimeOffset.UtcNow);

        await Assertions.Expect(tab.Page.Locator("#happened")).ToContainTextAsync("by key ben");
        await Assertions.Expect(tab.Page.GetByLabel("Why it need not")).ToHaveValueAsync("Half a sen");
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task Paused_it_asks_for_nothing_and_a_program_that_is_gone_is_said_to_be()
    {
        var app = await LeadApp.StartAsync();
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync();
        var button = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Live" });
        await button.ClickAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "false");

        await app.DisposeAsync();
        await button.ClickAsync();

        await Assertions
            .Expect(tab.Page.Locator("#live-state"))
            .ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^Not reachable since "));
    }

    [Fact]
    public async Task Times_are_the_readers_and_a_filter_by_time_asks_for_the_same_moment()
    {
        await using var app = await LeadApp.StartAsync();
        await app.KeepAsync("""{"UserDetails":{"FirstName":"Early"}}""", Posted.At, "erp");
        await app.KeepAsync("""{"UserDetails":{"FirstName":"Late"}}""", Posted.At.AddMinutes(30), "erp");
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync();
        await Assertions.Expect(tab.Page.Locator("#rows time").Last).ToHaveTextAsync("2026-11-21 10:00:00");

        await tab.Page.GetByText("More", new() { Exact = true }).ClickAsync();
        await tab.Page.GetByLabel("From").FillAsync("2026-11-21T10:15");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();

        await Assertions.Expect(tab.Page.Locator("#rows tr")).ToHaveCountAsync(1);
        await Assertions.Expect(tab.Page.Locator("#rows")).ToContainTextAsync("Late");
        Assert.EndsWith("/api/runs?from=2026-11-21T09%3A15%3A00.000Z", tab.Page.Url, StringComparison.Ordinal);
        await Assertions
            .Expect(tab.Page.GetByLabel("From"))
            .ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^2026-11-21T10:15"));
        Assert.Empty(tab.Errors);
    }
}
