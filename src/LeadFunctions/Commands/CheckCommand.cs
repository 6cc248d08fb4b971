using System.CommandLine;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations;
using LeadFunctions.Remote;
using Spectre.Console;

namespace LeadFunctions.Commands;

/// <summary><c>check</c>: the configuration, the store, every destination and every Bookings business, each one really asked.</summary>
internal static class CheckCommand
{
    public static Command Make()
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new TeachingCommand(
            "check",
            "Asks every destination whether leads could be delivered there now, and says what to do where not. No lead, row or mail is made.",
            """
            LeadFunctions check                                     before the first start, and after every change of a key
            LeadFunctions check --json                              for a program to read; exit code 1 when anything is wrong
            """)
        {
            json,
        };
        CommandSettings.AllowIn(command);
        return command.Does((parsed, stop) => RunAsync(CommandSettings.Read(parsed), parsed.GetValue(json), stop));
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
