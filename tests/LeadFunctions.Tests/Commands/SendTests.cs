using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Commands;

public sealed class SendTests : IDisposable
{
    private const string IntakeKey = "intake-key-0123456789abcdef";
    private const string RunsKey = "runs-key-0123456789abcdef";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sample_is_posted_and_followed_until_it_has_arrived_and_is_never_a_repeat()
    {
        await using var program = await LeadProcess.StartAsync(_folder, Keys);

        var runs = new[] { await SendAsync(program, Keys, null), await SendAsync(program, Keys, null, "--test") };

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.All));
        Assert.All(runs, run => Assert.Contains("crm: delivered", run.Output, StringComparison.Ordinal));
        Assert.All(runs, run => Assert.Contains("Everything has arrived.", run.Output, StringComparison.Ordinal));
        var rows = await File.ReadAllLinesAsync(_folder.File("data/crm.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(2, rows.Length);
        Assert.Contains("[TEST]", rows[1], StringComparison.Ordinal);
        Assert.DoesNotContain("[TEST]", rows[0], StringComparison.Ordinal);
        Assert.All(
            [.. runs.Select(run => run.All), program.Output],
            text => Assert.DoesNotContain("-key-0123456789abcdef", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_are_given_as_options_or_in_the_environment_too()
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys:0", IntakeKey), ("Runs:Keys:0", RunsKey)]);

        Assert.Equal(0, (await SendAsync(app, [], null, "--key", IntakeKey, "--runs-key", RunsKey)).ExitCode);
        Assert.Equal(0, (await SendAsync(app, [("LEADFUNCTIONS_KEY", RunsKey)], null, "--key", IntakeKey)).ExitCode);
        var refused = await SendAsync(app, [], null, "--key", "another-key-0123456789");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Intake:Keys", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("another-key", refused.All, StringComparison.Ordinal);
        var unfollowed = await SendAsync(app, [], null, "--key", IntakeKey);
        Assert.Equal(1, unfollowed.ExitCode);
        Assert.Contains("--runs-key", unfollowed.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await SendAsync(app, [], null, "--key", IntakeKey, "--no-follow")).ExitCode);
    }

    [Fact]
    public async Task A_refused_body_is_told_with_every_fault_and_its_path()
    {
        await using var app = await LeadApp.StartAsync();

        var run = await SendAsync(app, [], """{"UserDetails":[1],"OfferTitle":{}}""", "-");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/UserDetails ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("/OfferTitle ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_posted_as_it_is_and_a_second_time_it_is_a_repeat()
    {
        await using var app = await LeadApp.StartAsync();
        var file = Path.Combine(Repository.Root, "samples", "lead-contact-me.json");

        var (first, second) = (await SendAsync(app, [], null, file), await SendAsync(app, [], null, file));

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("repeat", second.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await SendAsync(app, [], null, "no-such-file.json")).ExitCode);
        Assert.Equal(2, (await SendAsync(app, [], null, file, "--test")).ExitCode);
    }

    [Fact]
    public async Task What_does_not_arrive_is_told_and_the_exit_code_is_not_0()
    {
        await using var crm = await FakeDataverse.StartAsync();
        await using var app = await LeadApp.StartAsync([
            ("Destinations:crm:Kind", "Dataverse"),
            ("Destinations:crm:Url", crm.Url.ToString()),
            ("Destinations:crm:Auth", "None"),
        ]);
        crm.FailNext(DataverseFaults.MissingPrivilege());

        var dead = await SendAsync(app, [], null);

        Assert.Equal(1, dead.ExitCode);
        Assert.Contains("crm: given up on", dead.Output, StringComparison.Ordinal);
        Assert.Contains("prvCreateLead", dead.Output, StringComparison.Ordinal);
        Assert.Contains("runs resubmit", dead.Errors, StringComparison.Ordinal);

        crm.Always = Fault.Status(503);
        var late = await SendAsync(app, [], null, "--timeout", "1");

        Assert.Equal(1, late.ExitCode);
        Assert.Contains("still tried", late.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_instance_there_it_says_so_in_a_line()
    {
        var run = await CommandRun.OfAsync(_folder, "send", "--url", $"http://localhost:{FreePort.Next()}");

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
        Assert.Contains("--url", run.Errors, StringComparison.Ordinal);
    }

    private static (string Key, string Value)[] Keys => [("Intake__Keys__0", IntakeKey), ("Runs__Keys__0", RunsKey)];

    private Task<CommandRun> SendAsync(
        LeadProcess program,
        IEnumerable<(string Key, string Value)> environment,
        string? input,
        params string[] arguments
    ) => CommandRun.OfAsync(_folder, environment, input, ["send", "--url", program.Client.BaseAddress!.ToString(), .. arguments]);

    private Task<CommandRun> SendAsync(
        LeadApp app,
        IEnumerable<(string Key, string Value)> environment,
        string? input,
        params string[] arguments) =>
        CommandRun.OfAsync(
            _folder,
            [("Store__Path", app.Folder.File("leads.db")), .. environment],
            input,
            ["send", "--url", app.Client.BaseAddress!.ToString(), .. arguments]);
}
