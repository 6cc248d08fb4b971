using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>
/// Each page in each dress: nothing for axe to find, nothing wider than the screen, and a picture for people to look at in
/// artifacts/screenshots.
/// </summary>
[Collection<InBrowser>]
public sealed class PageLookTests(Browser browser, PageScene scene) : IClassFixture<PageScene>
{
    [Theory]
    [InlineData("list")]
    [InlineData("dead-letters")]
    [InlineData("refused-list")]
    [InlineData("nothing-found")]
    [InlineData("bad-filter")]
    [InlineData("run")]
    [InlineData("delivered-run")]
    [InlineData("refused")]
    [InlineData("confirm")]
    [InlineData("erase")]
    [InlineData("not-found")]
    public async Task Each_page_is_accessible_and_fits(string name)
    {
        await using var tab = await browser.OpenAsync(scene.App);
        await tab.GoAsync(AddressOf(name));
        await tab.AssertFitsAsync(name);
    }

    [Fact]
    public async Task What_is_wrong_with_a_page_is_found()
    {
        await using var tab = await browser.OpenAsync(scene.App);
        await tab.Page.SetContentAsync("<html lang='en'><title>A page</title><main><h1>A page</h1><img src='data:,'></main></html>");
        Assert.StartsWith("image-alt: <img", Assert.Single(await tab.FaultsAsync()), StringComparison.Ordinal);
    }

    private string AddressOf(string name) => name switch
    {
        "list" => "/api/runs",
        "dead-letters" => "/api/runs?status=dead_letter",
        "refused-list" => "/api/runs?status=refused",
        "nothing-found" => "/api/runs?text=nobody",
        "bad-filter" => "/api/runs?from=yesterday&status=lost&text=keep",
        "run" => $"/api/runs/{scene.DeadLetter}",
        "delivered-run" => $"/api/runs/{scene.Delivered}",
        "refused" => $"/api/runs/refused/{scene.Refused}",
        "confirm" => "/api/runs/resubmit?status=dead_letter&text=proseware",
        "erase" => "/api/runs/erase?done=erased-2-1",
        "not-found" => $"/api/runs/{Guid.Empty}",
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
