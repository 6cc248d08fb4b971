using Microsoft.Playwright;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>A real Chromium, started once for the tests that share it. Where there is none they are skipped, with the reason.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Executable =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(_ => Names, Path.Combine)
            .FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Executable is not { } executable)
        {
            return;
        }

        // A busy machine is no fault of the page.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A window of a new profile, on the program's address, let in by the link that is printed at its start where no keys are set.</summary>
    internal async Task<BrowserTab> OpenAsync(LeadApp app, int width = 1280, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        var tab = await OpenAsync(app.Client.BaseAddress!, width, scheme, script);
        await tab.EnterAsync(app);
        return tab;
    }

    /// <summary>A window of a new profile.</summary>
    internal async Task<BrowserTab> OpenAsync(Uri address, int width = 1280, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        if (_browser is null)
        {
            Assert.Skip($"There is no browser here: none of {string.Join(", ", Names)} is in the PATH.");
        }

        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
            TimezoneId = "Europe/Berlin",
            Locale = "en-GB",
            JavaScriptEnabled = script,
        });
        return new BrowserTab(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
