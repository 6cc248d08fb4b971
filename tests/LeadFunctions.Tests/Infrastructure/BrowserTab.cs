using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>One window, and what went wrong in it: errors of the script, and what the Content-Security-Policy had to forbid.</summary>
internal sealed class BrowserTab : IAsyncDisposable
{
    private static readonly string Pictures = Path.Combine(Repository.Root, "artifacts", "screenshots");

    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    public BrowserTab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            // A page that is an error's answer is said to be one; that is no fault of the page.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _errors.Add(message.Text);
            }
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Errors => _errors;

    public Task<IReadOnlyList<BrowserContextCookiesResult>> CookiesAsync() => _context.CookiesAsync();

    /// <summary>Takes the cookie that the link with the key of the program's own machine gives; none where keys are set.</summary>
    public async Task EnterAsync(LeadApp app)
    {
        if (app.LocalKey is { } key)
        {
            await _context.APIRequest.GetAsync(new Uri(app.Client.BaseAddress!, $"/api/runs?code={key}").ToString(), new() { Headers = [new("Accept", "text/html")] });
        }
    }

    public async Task<IResponse> GoAsync(string path = "/api/runs") => (await Page.GotoAsync(path))!;

    /// <summary>Wide in light and narrow in dark, with all details shown: nothing for axe to find, nothing wider than the screen. Takes a picture of each.</summary>
    public async Task AssertFitsAsync(string name)
    {
        foreach (var (width, scheme) in new[] { (1280, ColorScheme.Light), (390, ColorScheme.Dark) })
        {
            await Page.SetViewportSizeAsync(width, 900);
            await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await Page.EvaluateAsync("document.querySelectorAll('main details').forEach(details => { details.wasOpen = details.open; details.open = true; })");
            Assert.Equal("", string.Join('\n', await FaultsAsync()));
            Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"The page is wider than {width}.");
            await Page.EvaluateAsync("document.querySelectorAll('main details').forEach(details => { details.open = details.wasOpen; })");
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, $"{name}-{width}-{scheme}.png".ToLowerInvariant()), FullPage = true });
        }

        Assert.Empty(_errors);
    }

    /// <summary>
    /// What axe finds. Its script runs in the page: the library for Playwright opens another page for each result, which takes a second.
    /// </summary>
    public async Task<string[]> FaultsAsync()
    {
        await Page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        return await Page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.flatMap(violation => violation.nodes.map(
              node => `${violation.id}: ${node.html} (${[...node.any, ...node.all, ...node.none].map(check => check.message).join('; ')})`))
            """);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
