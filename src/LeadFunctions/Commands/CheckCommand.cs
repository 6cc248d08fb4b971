using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Graph;
using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;
using Spectre.Console;

namespace LeadFunctions.Commands;

/// <summary>
/// <c>check</c>: the configuration, the store, every destination and every Bookings business, each one really asked. With <c>--url</c> a
/// running instance by its public address, see <see cref="PublicCheck"/>.
/// </summary>
internal static class CheckCommand
{
    public static Command Make()
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var url = new Option<string?>("--url")
        {
            Description = "Asks a running instance instead: a test lead is posted to this address, as the marketplace would, and followed",
            HelpName = "address",
        };
        var key = new Option<string?>("--key")
        {
            Description =
                "With --url, one of Intake:Keys (of a function app: the function's key), unless it stands in the address as ?code=",
            HelpName = "key",
        };
        var runsKey = new Option<string?>("--runs-key")
        {
            Description = "With --url, one of Runs:Keys, to follow the lead. Default: LEADFUNCTIONS_KEY in the environment",
            HelpName = "key",
        };
        var timeout = new Option<int>("--timeout")
        {
            Description = "With --url, how long the lead is followed, in seconds",
            HelpName = "seconds",
            DefaultValueFactory = _ => 60,
        };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86_400)
            {
                result.AddError("--timeout is a number of seconds from 1 to 86400.");
            }
        });
        var command = new DocumentedCommand(
            "check",
            "Asks every destination whether leads could be delivered there now, and says what to do where not. No "
            + "lead, row or mail is made.",
            """
            LeadFunctions check                                     before the first start, and after every change of a key
            LeadFunctions check --json                              for a program to read; exit code 1 when anything is wrong
            LeadFunctions check --url "https://leads.contoso.com/api/leads?code=KEY" --runs-key KEY   a test lead through the public address
            """)
        {
            json, url, key, runsKey, timeout,
        };
        CommandSettings.AllowIn(command);
        return command.WithAction(
            (parsed, stop) =>
                parsed.GetValue(url) is { } address
                    ? RunAsync(
                        address,
                        parsed.GetValue(key),
                        parsed.GetValue(runsKey),
                        TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                        parsed.GetValue(json),
                        stop)
                    : RunAsync(CommandSettings.Read(parsed), parsed.GetValue(json), stop));
    }

    private static async Task<int> RunAsync(string url, string? key, string? runsKey, TimeSpan timeout, bool asJson, CancellationToken stop)
    {
        using var check = new PublicCheck(url, key, runsKey, timeout);
        List<(string Of, CheckResult Result)> results =
        [
            .. await Terminal.WatchAsync("Posting a test lead and following it…", _ => check.RunAsync(stop)),
        ];
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
            results.AddRange(
                await Terminal.WatchAsync("Asking the destinations…", _ => DestinationChecks.RunAsync(settings.Options, stop)));
            if (settings.Options.Bookings is { } bookings)
            {
                using var remote = new RemoteClient();
                var check = new BookingsCheck(bookings, remote, TimeProvider.System);
                results.AddRange(
                    (await Terminal.WatchAsync("Asking Microsoft Graph…", _ => check.RunAsync(stop))).Select(result => ("bookings", result))
                );
            }
        }

        Write(results, asJson);
        return results.TrueForAll(result => result.Result.Passed) ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Write(List<(string Of, CheckResult Result)> results, bool asJson)
    {
        if (asJson)
        {
            Terminal.Line(
                CommandJson.Text(
                    new JsonObject
                    {
                        ["passed"] = results.TrueForAll(result => result.Result.Passed),
                        ["checks"] = new JsonArray([
                            .. results.Select(result => new JsonObject
                            {
                                ["of"] = result.Of,
                                ["what"] = result.Result.What,
                                ["passed"] = result.Result.Passed,
                                ["advice"] = result.Result.Advice,
                            }),
                        ]),
                    }));
            return;
        }

        var table = Terminal.Table("", "of", "what", "what to do");
        foreach (var (of, (what, passed, advice)) in results)
        {
            table.AddRow(
                passed ? Terminal.Cell("✓", Color.Green) : Terminal.Cell("✗", Color.Red),
                Terminal.Cell(of),
                Terminal.Cell(what),
                Terminal.Cell(advice));
        }

        Terminal.Out.Write(table);
    }
}

/// <summary>Whether the store can be used. One that a running instance uses can.</summary>
internal static class StoreCheck
{
    public static Task<CheckResult> RunAsync(StoreOptions options) =>
        options.Azure is { } azure ? RunAsync(azure) : Task.FromResult(RunSqlite(options));

    /// <summary>By a real write: an identity may be allowed to read alone.</summary>
    private static async Task<CheckResult> RunAsync(AzureStorageOptions azure)
    {
        var what = $"the table {azure.Table} of the storage account {azure.Account.Name} can be used";
        try
        {
            using var store = await AzureLeadStore.OpenAsync(azure.Account, azure.Table, new DueSignal());
            await store.CheckAsync(TimeProvider.System.GetUtcNow());
            return new CheckResult(what, true);
        }
        catch (StoreUnavailableException exception)
        {
            return new CheckResult(what, false, exception.Message);
        }
    }

    private static CheckResult RunSqlite(StoreOptions options)
    {
        try
        {
            using (SqliteLeadStore.Open(options.Path, new DueSignal(), TimeProvider.System, patience: TimeSpan.Zero))
            {
                return new CheckResult($"{options.Path} can be opened", true);
            }
        }
        catch (StoreUnavailableException exception)
        {
            return InstanceLock.IsTaken(options.Path)
                ? new CheckResult($"{options.Path} is in use by a running LeadFunctions", true)
                : new CheckResult($"{options.Path} can be opened", false, exception.Message);
        }
    }
}

/// <summary>Asks all destinations at the same time, none longer than an attempt may take.</summary>
internal static class DestinationChecks
{
    public static async Task<IReadOnlyList<(string Of, CheckResult Result)>> RunAsync(AppOptions options, CancellationToken stop)
    {
        using var remote = new RemoteClient();
        var services = new DestinationServices(remote, TimeProvider.System);
        var results = await Task.WhenAll(
            options.Destinations.Select(destination => RunAsync(destination, services, options.Delivery.AttemptTimeout, stop)));
        return [.. results.SelectMany(result => result)];
    }

    private static async Task<IEnumerable<(string Of, CheckResult Result)>> RunAsync(
        ConfiguredDestination destination,
        DestinationServices services,
        TimeSpan most,
        CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(most);
        try
        {
            var results = await destination.Make(services).CheckAsync(SampleLeads.Of(destination.Route), late.Token);
            return results.Select(result => (destination.Name, result));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return
            [
                (
                    destination.Name,
                    new CheckResult(
                        "answers in time",
                        false,
                        $"It did not answer within {most:c} (Delivery:AttemptTimeout). Look at the network, the proxy and "
                        + "the remote system's state.")),
            ];
        }
        catch (Exception exception)
            when (exception is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
        {
            // The others' results count all the same.
            return
            [
                (
                    destination.Name,
                    new CheckResult(
                        "answers what can be understood",
                        false,
                        $"Its answer has another form than expected ({exception.GetType().Name}). See whether something else answers "
                        + "at its address.")),
            ];
        }
    }
}

/// <summary>Whether the appointments of each configured business can be read, and what to do if not. Reads only.</summary>
internal sealed class BookingsCheck(BookingsOptions options, RemoteClient remote, TimeProvider time, HttpClient? signInClient = null)
{
    // A person waits for it: a Graph that asks to be left alone is an answer.
    private readonly GraphCalendar _calendar = new(new GraphClient(options, remote, time, signInClient) { MostWaits = 0 }, options.Graph);

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken stop)
    {
        var results = new List<CheckResult>();
        foreach (var business in options.Businesses)
        {
            results.Add(await CheckAsync(business, stop));
        }

        return results;
    }

    private async Task<CheckResult> CheckAsync(string business, CancellationToken stop)
    {
        var what = $"Appointments of {business}";
        try
        {
            var now = time.GetUtcNow();
            var appointments = await _calendar.ListAsync(business, now, now + TimeSpan.FromDays(1), stop);
            return new CheckResult($"{what} can be read ({appointments.Count} within a day)", Passed: true);
        }
        catch (GraphUnavailableException exception)
        {
            return new CheckResult(
                $"{what} can't be read",
                Passed: false,
                $"{exception.Fault.Reason} {GraphAdvice.For(exception.Fault.Kind, business)}");
        }
    }
}
