using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>Everything can be done without a mouse.</summary>
[Collection<InBrowser>]
public sealed class KeyboardTests(Browser browser)
{
    [Fact]
    public async Task A_dead_letter_is_found_and_discarded_by_keyboard_alone()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await app.KeepAsync("""{"UserDetails":{"FirstName":"Some","LastName":"One"}}""", DateTimeOffset.UtcNow, "erp");
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(DateTimeOffset.UtcNow, "erp"), DateTimeOffset.UtcNow);
        await using var tab = await browser.OpenAsync(app);
        await tab.GoAsync();
        var page = tab.Page;

        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await FocusedAsync());
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync("Search");
        await page.Keyboard.TypeAsync("some one");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("text=some"));
        await TabToAsync("Some One");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(app.Client.BaseAddress!, $"/api/runs/{lead.Id}").ToString());
        await TabToAsync("Discard…");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync("Why it need not arrive at erp");
        await page.Keyboard.TypeAsync("The ERP is gone");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("#notice")).ToHaveTextAsync("Discarded: 1 dead letter.");
        await Assertions.Expect(page.GetByText("The ERP is gone")).ToBeVisibleAsync();
        Assert.Empty(tab.Errors);

        Task<string> FocusedAsync() =>
            page.EvaluateAsync<string>("(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()");

        async Task TabToAsync(string name)
        {
            for (var presses = 0; await FocusedAsync() != name; presses++)
            {
                Assert.True(presses < 60, $"No way by Tab to: {name}");
                await page.Keyboard.PressAsync("Tab");
                Assert.True(
                    await page.EvaluateAsync<bool>(
                        "document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'"),
                    "The focus can't be seen.");
            }
        }
    }
}
