using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Commands;

/// <summary><c>send</c>: posts a lead as the marketplace does, and follows it until it has arrived everywhere.</summary>
internal static class SendCommand
{
    private static readonly Argument<string?> File = new("file")
    {
        Description = "A lead as JSON; - reads it from the standard input. Default: a sample",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<bool> Test = new("--test") { Description = "The sample is a test lead as Microsoft sends it" };
    private static readonly Option<string?> Url = new("--url")
    {
        Description = "Where LeadFunctions runs. Default: where the configuration says that it listens, http://localhost:7071",
        HelpName = "address",
    };
    private static readonly Option<string?> Key = new("--key")
    {
        Description = "One of Intake:Keys. Default: the first of the configuration",
        HelpName = "key",
    };
    private static readonly Option<string?> RunsKey = new("--runs-key")
    {
        Description =
            "One of Runs:Keys, to follow the lead. Default: LEADFUNCTIONS_KEY in the environment, else the first of the configuration, "
            + "else that of this machine",
        HelpName = "key",
    };
    private static readonly Option<bool> NoFollow = new("--no-follow") { Description = "End when the lead is accepted" };
    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "How long it is followed, in seconds",
        HelpName = "seconds",
        DefaultValueFactory = _ => 60,
    };

    public static Command Make()
    {
        Timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86_400)
            {
                result.AddError("--timeout is a number of seconds from 1 to 86400.");
            }
        });
        var command = new DocumentedCommand(
            "send",
            "Posts a sample lead, or a file, to a running LeadFunctions, and follows it until it has arrived "
            + "everywhere. Exit code 0 only then.",
            """
            LeadFunctions send                                      a sample to the program on this machine
            LeadFunctions send --test                               a test lead: row and mail arrive marked [TEST]
            LeadFunctions send samples/lead-contact-me.json         a file
            curl -s https://example.com/lead | LeadFunctions send - what another program writes
            LeadFunctions send --url https://leads.contoso.com --key KEY --runs-key KEY
            """)
        {
            File, Test, Url, Key, RunsKey, NoFollow, Timeout,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Test) && result.GetValue(File) is not null)
            {
                result.AddError("--test goes with the sample, not with a file: a file says itself what it is.");
            }
        });
        return command.WithAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var body = await ReadAsync(parsed, stop);
        using var intake = InstanceOptions.Connect(
            parsed.GetValue(Url),
            url => parsed.GetValue(Key) ?? InstanceOptions.ConfiguredKey("Intake:Keys", url),
            "Give one of Intake:Keys with --key.");
        var answer = await intake.PostAsync("/api/leads", body, stop);
        var lead = answer.GetProperty("leadId").GetGuid();
        Terminal.Line(answer.GetProperty("duplicate").GetBoolean()
            ? $"Lead {lead} was accepted before: this is a repeat of it, and is not delivered again."
            : $"Lead {lead} is accepted.");
        if (parsed.GetValue(NoFollow))
        {
            return ExitCode.Done;
        }

        using var runs = InstanceOptions.Connect(
            parsed.GetValue(Url),
            url => InstanceOptions.RunsKey(parsed.GetValue(RunsKey), url),
            "The lead was accepted. To follow it, give one of Runs:Keys with --runs-key; or --no-follow. " + InstanceOptions.LocalAdvice);
        return await new FollowedRun(runs, lead).UntilArrivedAsync(TimeSpan.FromSeconds(parsed.GetValue(Timeout)), stop);
    }

    private static async Task<byte[]> ReadAsync(ParseResult parsed, CancellationToken stop)
    {
        try
        {
            switch (parsed.GetValue(File))
            {
                case null:
                    return SampleLead.New(parsed.GetValue(Test), TimeProvider.System.GetUtcNow());
                case "-":
                    await using (var input = Console.OpenStandardInput())
                    {
                        using var read = new MemoryStream();
                        await input.CopyToAsync(read, stop);
                        return read.ToArray();
                    }

                case var file:
                    return await System.IO.File.ReadAllBytesAsync(file, stop);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"The file can't be read. {exception.Message}", ExitCode.Usage);
        }
    }
}

/// <summary>Looks at one run until nothing of it is under way any more, and writes a line whenever something has changed.</summary>
internal sealed class FollowedRun(RunningInstance instance, Guid lead)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);

    public async Task<int> UntilArrivedAsync(TimeSpan most, CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        var status = await Terminal.WatchAsync("Waiting for the deliveries…", async _ =>
        {
            for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
            {
                var run = await instance.GetAsync($"/api/runs/{lead}", stop);
                var deliveries = run.GetProperty("deliveries").EnumerateArray().ToList();
                deliveries.ForEach(Show);
                if (!deliveries.Exists(IsUnderWay) || waited.Elapsed > most)
                {
                    return deliveries.Exists(IsUnderWay) ? "late" : run.GetProperty("status").GetString();
                }

                await Task.Delay(pause, stop);
            }
        });
        switch (status)
        {
            case "delivered":
                Terminal.Line("Everything has arrived.");
                return ExitCode.Done;
            case "late":
                Terminal.Error(
                    $"Not everything arrived within {most.TotalSeconds:0} seconds; it is still tried. Look again with: "
                    + $"LeadFunctions runs show {lead}");
                return ExitCode.Failed;
            case "no_destination":
                Terminal.Error("No destination takes this lead: see Sources, Events and When of each destination (LeadFunctions config).");
                return ExitCode.Failed;
            default:
                Terminal.Error($"Not everything arrived. Mend the reason (LeadFunctions check), then: LeadFunctions runs resubmit {lead}");
                return ExitCode.Failed;
        }
    }

    private static bool IsUnderWay(JsonElement delivery) => delivery.GetProperty("status").GetString() is "pending" or "in_flight";

    private void Show(JsonElement delivery)
    {
        var destination = RunText.Text(delivery, "destination")!;
        var state = RunText.State(delivery);
        if (_shown.GetValueOrDefault(destination) != state && delivery.GetProperty("status").GetString() != "in_flight")
        {
            _shown[destination] = state;
            Terminal.Line($"  {destination}: {state}");
        }
    }
}

/// <summary>The lead of the marketplace's documentation, each time with another text, so that it is not taken for a repeat.</summary>
internal static class SampleLead
{
    /// <param name="test">As Microsoft sends it on Validate: it arrives marked as a test.</param>
    public static byte[] New(bool test, DateTimeOffset now)
    {
        using var stream = typeof(SampleLead).Assembly.GetManifestResourceStream(test ? "sample-lead-test.json" : "sample-lead.json")!;
        var lead = JsonNode.Parse(stream)!;
        lead["Description"] = string.Create(
            CultureInfo.InvariantCulture,
            $"A sample, sent by LeadFunctions send at {now:yyyy-MM-dd'T'HH:mm:ss'Z'} ({Guid.NewGuid():N})");
        return Encoding.UTF8.GetBytes(lead.ToJsonString());
    }
}
