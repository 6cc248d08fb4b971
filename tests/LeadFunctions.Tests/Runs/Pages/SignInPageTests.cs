using LeadFunctions.Tests.Infrastructure;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

[Collection<InBrowser>]
public sealed class SignInPageTests(Browser browser)
{
    private const string Key = "a-key-for-the-run-history";

    [Fact]
    public async Task A_key_lets_a_browser_in_to_where_it_wanted_to_go_and_out_again()
    {
        await using var app = await LeadApp.StartAsync([("Runs:Keys:anna", Key)]);
        await using var tab = await browser.OpenAsync(app);
        Assert.Equal(401, (await tab.GoAsync("/api/runs?status=refused&text=x")).Status);
        await tab.AssertFitsAsync("sign-in");

        await tab.Page.GetByLabel("Key").FillAsync("not-the-key-of-the-history");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This is none of the keys of the run history.");
        await tab.AssertFitsAsync("sign-in-wrong");

        await tab.Page.GetByLabel("Key").FillAsync(Key);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Run history" })).ToBeVisibleAsync();
        Assert.EndsWith("/api/runs?status=refused&text=x", tab.Page.Url, StringComparison.Ordinal);

        var cookie = Assert.Single(await tab.CookiesAsync());
        Assert.True(
            cookie is { HttpOnly: true, Secure: false, SameSite: SameSiteAttribute.Lax, Path: "/api/runs" },
            $"{cookie.SameSite} {cookie.Path}");
        Assert.DoesNotContain(Key, cookie.Value, StringComparison.Ordinal);
        Assert.Equal("", await tab.Page.EvaluateAsync<string>("document.cookie"));

        await tab.Page.GetByText("Key anna").IsVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status)).ToContainTextAsync(["", "Signed out."]);
        Assert.Empty(await tab.CookiesAsync());
        Assert.Equal(401, (await tab.GoAsync()).Status);
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task A_key_in_the_address_is_taken_and_does_not_stay_there()
    {
        await using var app = await LeadApp.StartAsync([("Runs:Keys:anna", Key)]);
        await using var tab = await browser.OpenAsync(app);

        await tab.GoAsync($"/api/runs?text=a%26b&code={Key}");

        Assert.EndsWith("/api/runs?text=a%26b", tab.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(tab.Page.GetByLabel("Search")).ToHaveValueAsync("a&b");
    }
}
