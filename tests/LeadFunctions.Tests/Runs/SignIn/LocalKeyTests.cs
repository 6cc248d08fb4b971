using System.Net;
using System.Text.RegularExpressions;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs.SignIn;

/// <summary>Where no keys are set the program makes one for its own machine.</summary>
public sealed partial class LocalKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File(LocalKey.FileName);

    private string Store => _folder.File("leads.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_newcomer_opens_the_link_in_the_console_and_the_commands_need_no_key()
    {
        await using var program = await LeadProcess.StartAsync(_folder);
        await Eventually.TrueAsync(() => Link().IsMatch(program.Output), "the link is printed");
        var link = new Uri(Link().Match(program.Output).Groups[1].Value);
        using var browser = new HttpClient();
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        var page = await browser.GetStringAsync(link, TestContext.Current.CancellationToken);
        var again = await browser.GetStringAsync(new Uri(link, "/api/runs"), TestContext.Current.CancellationToken);
        using var without = await new HttpClient().GetAsync(new Uri(link, "/api/runs"), TestContext.Current.CancellationToken);
        var url = new Uri(link, "/").ToString();
        var (send, list) = (
            await CommandRun.OfAsync(_folder, "send", "--url", url),
            await CommandRun.OfAsync(_folder, "runs", "list", "--url", url));
        var elsewhere = await CommandRun.OfAsync(new TemporaryFolder(), "runs", "list", "--url", url);

        Assert.All([page, again], text => Assert.Contains("<h1>Run history</h1>", text, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal((0, 0, 1), (send.ExitCode, list.ExitCode, elsewhere.ExitCode));
        Assert.Contains("delivered", list.Output, StringComparison.Ordinal);
        Assert.Contains(LocalKey.FileName, elsewhere.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(LocalKey.Read(_folder.File("data/runs.key"))!, send.All + list.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_says_where_the_key_is()
    {
        await using var app = await LeadApp.StartAsync();
        using var caller = new PageCaller(app, enter: false);

        using var response = await caller.GetAsync();

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("runs.key", text, StringComparison.Ordinal);
        Assert.DoesNotContain(app.LocalKey!, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_keys_none_is_made_and_the_kept_one_lets_nobody_in()
    {
        var old = LocalKey.Ensure(Store).Value;
        await using var app = await LeadApp.StartAsync([("Runs:Keys:anna", "a-key-for-the-run-history")], folder: _folder);
        app.Client.DefaultRequestHeaders.Add("x-functions-key", old);

        using var response = await app.Client.GetAsync("/api/runs", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void It_stays_the_same_until_its_file_is_deleted()
    {
        var first = LocalKey.Ensure(Store).Value;

        Assert.Equal((first, first), (LocalKey.Ensure(Store).Value, LocalKey.Read(Path)));
        File.Delete(Path);
        Assert.NotEqual(first, LocalKey.Ensure(Store).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEF")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void A_file_that_holds_something_else_is_replaced(string text)
    {
        File.WriteAllText(Path, text);
        OwnModes.Set(Path, "600");

        var key = LocalKey.Ensure(Store).Value;

        Assert.Equal(key, LocalKey.Read(Path));
        Assert.NotEqual(text, key);
    }

    [Fact]
    public void A_key_that_others_could_have_read_or_planted_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        var planted = new string('a', 48);
        File.WriteAllText(Path, planted);
        OwnModes.Set(Path, "644");

        Assert.Null(LocalKey.Read(Path));
        Assert.NotEqual(planted, LocalKey.Ensure(Store).Value);
        Assert.Equal("600", OwnModes.Of(Path));
    }

    [Fact]
    public void Where_the_file_cannot_be_written_there_is_a_key_all_the_same()
    {
        File.WriteAllText(_folder.File("no-folder"), "");

        Assert.Equal(48, LocalKey.Ensure(_folder.File("no-folder/leads.db")).Value.Length);
    }

    [GeneratedRegex(@"Open the run history: (http://127\.0\.0\.1:\d+/api/runs\?code=[0-9a-f]{48})")]
    private static partial Regex Link();
}
