using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using LeadFunctions.Tests.Runs.SignIn;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

[Collection<InBrowser>]
public sealed class ErasePageTests(Browser browser)
{
    private const string Address = "someone@contoso.com";

    [Fact]
    public async Task A_persons_data_is_counted_confirmed_and_erased_by_keyboard_and_the_address_is_in_no_url()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
        await app.WaitForStatusAsync(lead, "delivered");
        await ProblemAnswer.RefuseAsync(app, $$$"""{"UserDetails":{"Email":["{{{Address}}}"]}}""");
        await using var tab = await browser.OpenAsync(app);
        var (page, urls) = (tab.Page, new List<string>());
        page.Request += (_, request) =>
            urls.Add(request.Url + string.Concat(request.Headers.Where(header => header.Key == "referer").Select(header => header.Value)));
        await tab.GoAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Erase a person’s data…" }).PressAsync("Enter");

        await page.GetByLabel("The person’s e-mail address").PressSequentiallyAsync("someone");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This is no e-mail address.");
        await tab.AssertFitsAsync("erase-no-address");
        await page.GetByLabel("The person’s e-mail address").FillAsync("nobody@contoso.com");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).Last).ToContainTextAsync("Nothing is kept of nobody@contoso.com.");

        await page.GetByLabel("The person’s e-mail address").FillAsync($" {Address} ");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Erase 1 lead and 1 refused body?");
        await Assertions.Expect(page.Locator(".lead-text")).ToContainTextAsync($"1 lead and 1 refused body have {Address} in them.");
        await tab.AssertFitsAsync("erase-confirm");
        Assert.Contains(Address, (await app.RunAsync(lead)).ToString(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).PressAsync("Enter");

        await Assertions.Expect(page.Locator("#notice")).ToHaveTextAsync("Erased: 1 lead and 1 refused body.");
        await tab.AssertFitsAsync("erased");
        Assert.DoesNotContain("contoso", (await app.RunAsync(lead)).ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("local", (await app.RunAsync(lead)).GetProperty("acts")[0].GetProperty("by").GetString());
        Assert.DoesNotContain(
            urls,
            url => url.Contains("someone", StringComparison.OrdinalIgnoreCase) || url.Contains("nobody", StringComparison.OrdinalIgnoreCase)
        );
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task Nothing_is_erased_without_a_confirmation_of_that_very_address()
    {
        await using var app = await LeadApp.StartAsync([("Runs:Keys:anna", "a-key-for-the-run-history")]);
        app.Client.DefaultRequestHeaders.Add("x-functions-key", "a-key-for-the-run-history");
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
        using var caller = new PageCaller(app);
        using var signIn = await caller.SignInAsync("a-key-for-the-run-history");
        var token = await caller.TokenAsync("/api/runs/erase");
        var other = await ConfirmationAsync("contoso.com@contoso.com", """{"UserDetails":{"Email":"contoso.com@contoso.com"}}""");
        var right = await ConfirmationAsync(Address, """{"OfferTitle":"Another"}""");

        foreach (var (sentToken, confirmed) in new[] { (token, ""), (token, token), (token, other), ("", right) })
        {
            using var refused = await caller.PostAsync(
                "/api/runs/acts/erase",
                [("token", sentToken), ("email", Address), ("confirmed", confirmed)]);
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        }

        Assert.Contains(Address, (await app.RunAsync(lead)).ToString(), StringComparison.Ordinal);
        using var done = await caller.PostAsync("/api/runs/acts/erase", [("token", token), ("email", Address), ("confirmed", right)]);
        Assert.Equal("/api/runs/erase?done=erased-1-0", done.Headers.Location?.OriginalString);

        async Task<string> ConfirmationAsync(string address, string body)
        {
            await app.AcceptAsync(body);
            using var page = await caller.PostAsync("/api/runs/acts/erase-count", [("token", token), ("email", address)]);
            return System
                .Text.RegularExpressions.Regex.Match(
                    await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                    "name=\"confirmed\" value=\"([^\"]+)\"")
                .Groups[1]
                .Value;
        }
    }
}
