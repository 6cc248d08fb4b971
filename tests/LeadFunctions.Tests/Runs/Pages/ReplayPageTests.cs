using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Runs.Pages;

[Collection<InBrowser>]
public sealed class ReplayPageTests(Browser browser)
{
    private const string Body = """{"UserDetails":"Some One","OfferTitle":"Offer"}""";

    [Fact]
    public async Task A_refused_body_is_replayed_once_the_schema_takes_it()
    {
        using var folder = new TemporaryFolder();
        await using var tab = await browser.OpenAsync(new Uri("http://localhost"));
        string path;
        await using (var app = await LeadApp.StartAsync(folder: folder))
        {
            await tab.EnterAsync(app);
            path = $"/api/runs/refused/{(await ProblemAnswer.RefuseAsync(app, Body)).RefusedId}";
            await tab.GoAsync(new Uri(app.Client.BaseAddress!, "/api/runs?status=refused").ToString());
            await tab.Page.Locator("#rows a").ClickAsync();
            await Assertions.Expect(tab.Page.Locator(".faults")).ToContainTextAsync("/UserDetails");
            Assert.EndsWith(path, tab.Page.Url, StringComparison.Ordinal);

            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();

            await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("It is still refused");
            await Assertions.Expect(tab.Page.Locator(".faults")).ToContainTextAsync("/UserDetails");
        }

        await File.WriteAllTextAsync(
            folder.File("schema.json"),
            """{"type":"object","properties":{"UserDetails":{"type":"string"}}}""",
            TestContext.Current.CancellationToken);
        await using (var app = await LeadApp.StartAsync([("Intake:SchemaFile", folder.File("schema.json"))], folder: folder))
        {
            await tab.GoAsync(new Uri(app.Client.BaseAddress!, path).ToString());
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();

            await Assertions.Expect(tab.Page.Locator("#notice")).ToHaveTextAsync("Replayed: it is a lead now and is being delivered.");
            await Assertions.Expect(tab.Page.Locator("#happened")).ToContainTextAsync("Replayed by key local");
            await tab.GoAsync(new Uri(app.Client.BaseAddress!, path).ToString());
            await tab.Page.GetByRole(AriaRole.Link, new() { Name = "see what became of it" }).ClickAsync();
            await Assertions.Expect(tab.Page.Locator("#happened")).ToContainTextAsync("Received from marketplace");

            var repeat = new RefusedBody(
                LeadId.New(DateTimeOffset.UtcNow),
                Sources.Marketplace,
                null,
                DateTimeOffset.UtcNow,
                400,
                [],
                Encoding.UTF8.GetBytes(Body));
            await app.Store.KeepRefusedAsync(repeat);
            await tab.GoAsync(new Uri(app.Client.BaseAddress!, $"/api/runs/refused/{repeat.Id}").ToString());
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();

            await Assertions
                .Expect(tab.Page.Locator("#notice"))
                .ToHaveTextAsync("Replayed: the body repeats this lead, which was taken before. Nothing was sent again.");
            await Assertions.Expect(tab.Page.Locator("#happened")).ToContainTextAsync($"The refused body {repeat.Id} repeats this lead");
            await tab.GoAsync(new Uri(app.Client.BaseAddress!, $"/api/runs/refused/{repeat.Id}").ToString());
            await Assertions.Expect(tab.Page.Locator("#replay")).ToContainTextAsync("it repeats a lead that was taken before");
        }

        Assert.Empty(tab.Errors);
    }
}
