using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>Whatever a stranger writes is shown as the text that it is.</summary>
[Collection<InBrowser>]
public sealed class HostileTextTests(Browser browser)
{
    private const string Script = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">\"'><b>";

    [Fact]
    public async Task Markup_in_a_lead_is_text_on_every_page()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (
            await app.AcceptAsync(
                JsonSerializer.Serialize(
                    new Dictionary<string, object>
                    {
                        ["UserDetails"] = new
                        {
                            FirstName = Script,
                            LastName = "'\"&amp;",
                            Company = Script,
                            Email = "\"<b>x</b>\"@contoso.com",
                        },
                        ["OfferTitle"] = Script,
                        ["LeadSource"] = Script,
                        [Script] = new[] { Script },
                    }))).LeadId;
        var refused = (
            await ProblemAnswer.RefuseAsync(
                app,
                JsonSerializer.Serialize(new Dictionary<string, object> { [Script] = 1, ["OfferTitle"] = new[] { Script } })))
            .RefusedId!
            .Value;
        await app.WaitForStatusAsync(lead, "delivered");
        await using var tab = await browser.OpenAsync(app);
        foreach (var path in new[]
            {
                "/api/runs",
                $"/api/runs?text={Uri.EscapeDataString(Script)}",
                $"/api/runs?status={Uri.EscapeDataString(Script)}&from={Uri.EscapeDataString(Script)}",
                $"/api/runs/{lead}",
                "/api/runs?status=refused",
                $"/api/runs/refused/{refused}",
                $"/api/runs/resubmit?text={Uri.EscapeDataString(Script)}&destination=%22%3E%3Cb%3E",
            })
        {
            await tab.GoAsync(path);

            Assert.NotEqual("taken", await tab.Page.TitleAsync());
            Assert.Equal(0, await tab.Page.Locator("main b, main img, main script").CountAsync());
        }

        await tab.GoAsync($"/api/runs/{lead}");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"{Script} '\"&amp;");
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task Text_that_turns_or_hides_what_follows_is_shown_by_number_and_long_text_stays_within_the_page()
    {
        await using var app = await LeadApp.StartAsync();
        await app.AcceptAsync(
            JsonSerializer.Serialize(
                new
                {
                    UserDetails = new
                    {
                        FirstName = "evil\u202Efdp.exe",
                        LastName = new string('W', 4000),
                        Company = "يوسف\u0000\u200B",
                    },
                    OfferTitle = string.Concat(Enumerable.Repeat("very long ", 400)),
                }));
        await using var tab = await browser.OpenAsync(app, width: 390);
        await tab.GoAsync();

        var name = tab.Page.Locator("#rows .who a");
        Assert.StartsWith("evil⟨U+202E⟩fdp.exe W", await name.TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal("يوسف⟨U+0000⟩⟨U+200B⟩", await tab.Page.Locator("#rows .who .minor").TextContentAsync());
        Assert.True((await tab.Page.Locator("#rows tr").BoundingBoxAsync())!.Height < 200);
        await name.ClickAsync();
        await tab.AssertFitsAsync("long-texts");
    }
}
