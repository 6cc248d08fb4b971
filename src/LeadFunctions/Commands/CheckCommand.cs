using System.CommandLine;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations;
using LeadFunctions.Remote;
using Spectre.Console;

namespace LeadFunctions.Commands;

/// <summary>
/// <c>check</c>: the configuration, the store, every destination and every Bookings business, each one really asked. With <c>--url</c> a running
/// instance by its public address, see <see cref="PublicCheck"/>.
/// </summary>
internal static class CheckCommand
{
    public static Command Make()
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var url = new Option<string?>("--url") { Description = "Asks a running instance instead: a test lead is posted to this address, as the marketplace would, and followed", HelpName = "address" };
        var key = new Option<string?>("--key") { Description = "With --url, one of Intake:Keys (of a function app: the function's key), unless it stands in the address as ?code=", HelpName = "key" };
        var runsKey = new Option<string?>("--runs-key") { Description = "With --url, one of Runs:Keys, to follow the lead. Default: LEADFUNCTIONS_KEY in the environment", HelpName = "key" };
        var timeout = new Option<int>("--timeout") { Description = "With --url, how long the lead is followed, in seconds", HelpName = "seconds", DefaultValueFactory = _ => 60 };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86_400)
            {
                result.AddError("--timeout is a number of seconds from 1 to 86400.");
            }
        });
        var command = new TeachingCommand(
            "check",
            "Asks every destination whether leads could be delivered there now, and says what to do where not. No lead, row or mail is made.",
            """
            LeadFunctions check                                     before the first start, and after every change of a key
            LeadFunctions check --json                              for a program to read; exit code 1 when anything is wrong
            LeadFunctions check --url "https://leads.contoso.com/api/leads?code=KEY" --runs-key KEY   a test lead through the public address
            """)
        {
            json, url, key, runsKey, timeout,
        };
        CommandSettings.AllowIn(command);
        return command.Does((parsed, stop) => parsed.GetValue(url) is { } address
            ? RunAsync(address, parsed.GetValue(key), parsed.GetValue(runsKey), TimeSpan.FromSeconds(parsed.GetValue(timeout)), parsed.GetValue(json), stop)
            : RunAsync(CommandSettings.Read(parsed), parsed.GetValue(json), stop));
    }

    private static async Task<int> RunAsync(string url, string? key, string? runsKey, TimeSpan timeout, bool asJson, CancellationToken stop)
    {
        using var check = new PublicCheck(url, key, runsKey, timeout);
        List<(string Of, CheckResult Result)> results = [.. await Terminal.WatchAsync("Posting a test lead and following it…", _ => check.RunAsync(stop))];
        Write(results, asJson);
        return results.TrueForAll(result => result.Result.Passed) ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> RunAsync(CommandSettings settings, bool asJson, CancellationToken stop)
    {
        List<(string Of, CheckResult Result)> results = settings.Reader.Faults.Count == 0
            ? [("configuration", new CheckResult("every setting can be read", true))]
            : [.. settings.Reader.Faults.Select(fault => ("configuration", new CheckResult(fault.Key, false, fault.Message)))];
        if (settings.Reader.Faults.Count == 0)
        {
            results.Add(("store", await StoreCheck.RunAsync(settings.Options.Store)));
            results.AddRange(await Terminal.WatchAsync("Asking the destinations…", _ => DestinationChecks.RunAsync(settings.Options, stop)));
            if (settings.Options.Bookings is { } bookings)
            {
                using var remote = new RemoteClient();
                var check = new BookingsCheck(bookings, remote, TimeProvider.System, identity: null);
                results.AddRange((await Terminal.WatchAsync("Asking Microsoft Graph…", _ => check.RunAsync(stop))).Select(result => ("bookings", result)));
            }
        }

        Write(results, asJson);
        return results.TrueForAll(result => result.Result.Passed) ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Write(List<(string Of, CheckResult Result)> results, bool asJson)
    {
        if (asJson)
        {
            Terminal.Line(CommandJson.Text(new JsonObject
            {
                ["passed"] = results.TrueForAll(result => result.Result.Passed),
                ["checks"] = new JsonArray([.. results.Select(result => new JsonObject { ["of"] = result.Of, ["what"] = result.Result.What, ["passed"] = result.Result.Passed, ["advice"] = result.Result.Advice })]),
            }));
            return;
        }

        var table = Terminal.Table("", "of", "what", "what to do");
        foreach (var (of, (what, passed, advice)) in results)
        {
            table.AddRow(passed ? Terminal.Cell("✓", Color.Green) : Terminal.Cell("✗", Color.Red), Terminal.Cell(of), Terminal.Cell(what), Terminal.Cell(advice));
        }

        Terminal.Out.Write(table);
    }
}
