using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Commands;

/// <summary>
/// A server that isn't what it says, or that was broken into, answers a person's commands. Nothing of it steers the terminal or forges a
/// line.
/// </summary>
public sealed class HostileServerTests : IAsyncLifetime
{
    /// <summary>
    /// Clears the screen, sets the title, moves up, uses the one-byte CSI, rings, goes back in the line, turns the text round, and begins a
    /// line of its own.
    /// </summary>
    private const string Evil = "\u001b[2J\u001b]0;owned\u0007\u001b[1A\u009b2J\b\rEverything has arrived.\nforged line\u202e\u2066\u2028x";

    private static readonly string Id = "0193a0f2-6c9e-7d7e-9d1c-6a2f0d0e8a11";

    private static readonly string Run = JsonSerializer.Serialize(
        new
        {
            leadId = Id + Evil,
            source = Evil,
            @event = Evil,
            receivedAt = "2026-11-21T09:00:00Z",
            status = Evil,
            isTest = false,
            doNotContact = false,
            lead = new Dictionary<string, object>
            {
                [Evil] = Evil,
                ["OfferTitle"] = Evil,
                ["n"] = new[] { Evil },
                ["UserDetails"] = new { FirstName = Evil, Company = Evil },
            },
            repeatedAt = Array.Empty<string>(),
            acts = new[]
            {
                new
                {
                    at = "2026-11-21T09:00:00Z",
                    kind = Evil,
                    by = Evil,
                    destination = Evil,
                    note = Evil,
                },
            },
            deliveries = new[]
            {
                new
                {
                    destination = Evil,
                    status = Evil,
                    lastError = Evil,
                    remoteId = Evil,
                    after = Evil,
                    nextAttemptAt = (string?)null,
                    request = Evil,
                    attempts = new[]
                    {
                        new
                        {
                            number = 1,
                            startedAt = "2026-11-21T09:00:00Z",
                            durationMs = 1,
                            outcome = Evil,
                            status = 200,
                            error = Evil,
                        },
                    },
                },
            },
        });

    private static readonly string EvilJson = JsonSerializer.Serialize(Evil);

    private readonly TemporaryFolder _folder = new();
    private FakeHook _server = null!;
    private string _body = "{}";
    private int _status = 200;

    public static TheoryData<string, string, int> Answers =>
        new()
        {
            { "runs show ID", Run, 200 },
            { "runs show ID --json", Run, 200 },
            { "runs list", $$"""{"items":[{{Run}}],"next":{{JsonSerializer.Serialize(Evil)}}}""", 200 },
            { "runs list --json", $$"""{"items":[{{Run}}],"next":{{JsonSerializer.Serialize(Evil)}}}""", 200 },
            {
                "runs list",
                $$"""
                {"items":[{"refusedId":{{EvilJson}},"receivedAt":"2026-11-21T09:00:00Z",
                "errors":[{"path":{{EvilJson}},"message":{{EvilJson}}}]}],"next":null}
                """,
                200
            },
            {
                "runs resubmit ID",
                $$"""
                {"title":{{EvilJson}},"detail":{{EvilJson}},
                "errors":[{"path":{{EvilJson}},"message":{{EvilJson}}}],"refusedId":{{EvilJson}}}
                """,
                400
            },
            { "send --timeout 1", "FOLLOWED", 200 },
            { "runs show ID", Run.Replace("\"number\":1", $"\"number\":{JsonSerializer.Serialize(Evil)}", StringComparison.Ordinal), 200 },
            { "runs show ID", Run.Replace("\"2026-11-21T09:00:00Z\"", JsonSerializer.Serialize(Evil), StringComparison.Ordinal), 200 },
            { "runs list", Evil, 200 },
            { "runs list", Evil, 401 },
            { "erase --email a@contoso.com", $$"""{"leads":{{JsonSerializer.Serialize(Evil)}},"refused":1}""", 200 },
        };

    public async ValueTask InitializeAsync() => _server = await FakeHook.StartAsync(Answer);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task No_command_prints_what_steers_a_terminal(string command, string body, int status)
    {
        (_body, _status) = (body, status);

        var run = await CommandRun.OfAsync(
            _folder,
            [.. command.Replace("ID", Id, StringComparison.Ordinal).Split(' '), "--url", _server.Url.ToString()]);

        AssertHarmless(run.All);
    }

    [Fact]
    public async Task An_export_at_a_terminal_prints_nothing_that_steers_it_and_a_file_has_every_byte()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "A terminal is made with util-linux's script.");
        _body = $"\ufeffname,company\r\n\"{Evil}\",Zoë 😀\r\n";
        var start = new ProcessStartInfo(
            "/usr/bin/script",
            ["-qec", $"dotnet {LeadProcess.Executable} runs export --url {_server.Url} 2>/dev/null", "/dev/null"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.Path,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var terminal = Process.Start(start)!;
        var output = await terminal.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Contains("Zoë 😀", output, StringComparison.Ordinal);
        Assert.All(
            ["owned", "\u001b[2J", "\u001b[1A", "\u009b", "\u0007", "\u202e", "\u2066", "\b"],
            text => Assert.True(text == "owned" || !output.Contains(text, StringComparison.Ordinal), $"{(int)text[0]:x}"));

        var file = await CommandRun.OfAsync(_folder, "runs", "export", "--url", _server.Url.ToString());
        Assert.Contains(Evil, file.Output, StringComparison.Ordinal);
    }

    private static void AssertHarmless(string text)
    {
        Assert.DoesNotContain(
            text,
            letter => (char.IsControl(letter) && letter is not ('\n' or '\t')) || letter is '\u202e' or '\u2066' or '\u2028');
        Assert.DoesNotContain(text.Split('\n'), line => line.TrimStart().StartsWith("Everything has arrived", StringComparison.Ordinal));
    }

    private Reply Answer(RecordedRequest request) => new(
        _status,
        _body != "FOLLOWED" ? _body
        : request.Path == "/api/leads" ? $$"""{"leadId":"{{Id}}","duplicate":false}"""
        : Run);
}
