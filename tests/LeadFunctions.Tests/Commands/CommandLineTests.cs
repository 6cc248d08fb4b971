using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("serve")]
    [InlineData("check")]
    [InlineData("send")]
    [InlineData("runs")]
    [InlineData("runs", "list")]
    [InlineData("runs", "show")]
    [InlineData("runs", "resubmit")]
    [InlineData("runs", "resend")]
    [InlineData("runs", "discard")]
    [InlineData("runs", "replay")]
    [InlineData("runs", "export")]
    [InlineData("erase")]
    [InlineData("config")]
    public async Task Every_commands_help_ends_with_examples(params string[] command)
    {
        var run = await CommandRun.OfAsync(_folder, [.. command, "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"LeadFunctions {string.Join(' ', command)}", run.Output.Split("Examples:")[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("runs")]
    [InlineData("runs", "show")]
    [InlineData("runs", "show", "no-id")]
    [InlineData("runs", "list", "--stats", "refused")]
    [InlineData("runs", "resend", "--destination", "crm")]
    [InlineData("runs", "resend", "--from", "2026-11-21")]
    [InlineData("runs", "resend", "--destination", "crm", "--from", "2026-11-21", "--status", "delivered")]
    [InlineData("erase")]
    [InlineData("send", "--timeout", "0")]
    [InlineData("send", "--url", "ftp://x")]
    public async Task A_mistake_is_told_in_a_few_lines_with_exit_code_2(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_folder, arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.InRange(run.All.Trim().Split('\n').Length, 1, 8);
        Assert.DoesNotContain("   at ", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serving_loads_nothing_of_the_other_commands()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        await using var program = await LeadProcess.StartAsync(_folder);
        using var answer = await program.PostAsync(Samples.Documented);

        var loaded = await File.ReadAllTextAsync($"/proc/{program.Id}/maps", TestContext.Current.CancellationToken);

        Assert.Contains("LeadFunctions.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Spectre.Console", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("/System.CommandLine.dll", loaded, StringComparison.Ordinal);
    }
}
