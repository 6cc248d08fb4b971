using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;
using LeadFunctions.Runs;

namespace LeadFunctions.Commands;

/// <summary><c>runs</c>: the run history of a running instance.</summary>
internal static class RunsCommand
{
    public static Command Make() => new DocumentedCommand(
        "runs",
        "The run history of a running LeadFunctions: what happened to every lead, and what can be done about it.",
        """
        LeadFunctions runs list --status dead_letter            what a person has to look at
        LeadFunctions runs show 0193…                           everything about one lead
        LeadFunctions runs resubmit 0193…                       try again what has not arrived
        LeadFunctions runs list --help                          every command has help of its own
        """)
    {
        RunsListCommand.Make(),
        RunsShowCommand.Make(),
        RunsResubmitCommand.Make(),
        RunsResendCommand.Make(),
        RunsDiscardCommand.Make(),
        RunsReplayCommand.Make(),
        RunsExportCommand.Make(),
    };
}

/// <summary>The filters of docs/run-history.md as options.</summary>
internal sealed class RunFilters
{
    private readonly Option<bool?> _test = new("--test") { Description = "true: Microsoft's test leads alone; false: all but them" };
    private readonly Option<string?>[] _texts =
    [
        new("--status") { Description = "delivered, no_destination, in_progress, dead_letter, duplicate or refused", HelpName = "status" },
        new("--destination") { Description = "That go, or went, to this destination", HelpName = "name" },
        new("--source") { Description = $"That came in this way: {string.Join(" or ", Sources.All)}", HelpName = "name" },
        new("--from") { Description = "Received at this time or later: 2026-11-21, 2026-11-21T09:30Z", HelpName = "time" },
        new("--to") { Description = "Received before this time", HelpName = "time" },
        new("--text") { Description = "With these words in the name, company, e-mail address or offer", HelpName = "words" },
    ];

    /// <param name="without">Filters that the command doesn't take.</param>
    public void AddTo(Command command, params string[] without)
    {
        foreach (var option in _texts.Where(option => !without.Contains(option.Name)))
        {
            command.Options.Add(option);
        }

        command.Options.Add(_test);
    }

    public void Require(params string[] names)
    {
        foreach (var option in _texts.Where(option => names.Contains(option.Name)))
        {
            option.Required = true;
        }
    }

    /// <summary>As parameters of a query string.</summary>
    public IReadOnlyList<string> Read(ParseResult parsed) =>
        [
            .. _texts
                .Where(option => !string.IsNullOrEmpty(parsed.GetValue(option)))
                .Select(option => $"{option.Name.TrimStart('-')}={Uri.EscapeDataString(parsed.GetValue(option)!)}"),
            .. parsed.GetValue(_test) is { } test ? [$"test={(test ? "true" : "false")}"] : Array.Empty<string>(),
        ];

    public static string Path(string path, IEnumerable<string> query) => query.Any() ? $"{path}?{string.Join('&', query)}" : path;
}

/// <summary><c>runs resubmit</c>: one delivery, one lead, or every dead letter that matches; what has arrived is not sent again.</summary>
internal static class RunsResubmitCommand
{
    private static readonly RunFilters Filters = new();
    private static readonly InstanceOptions Instance = new();
    private static readonly Argument<Guid?> Id = new("id")
    {
        Description = "The lead's id. Without it the filters say which",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<bool> Delivered = new("--delivered")
    {
        Description = "Send it again although it has arrived; goes with an id and --destination",
    };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Don't ask" };

    public static Command Make()
    {
        var command = new DocumentedCommand(
            "resubmit",
            "Tries again what was given up on: one lead's deliveries, or all dead letters that match. What has arrived is not sent again.",
            """
            LeadFunctions runs resubmit 0193…                                  what this lead still owes
            LeadFunctions runs resubmit 0193… --destination crm                one delivery, a discarded one too
            LeadFunctions runs resubmit 0193… --destination mail --delivered   once more, although it has arrived
            LeadFunctions runs resubmit --status dead_letter                   all dead letters (says how many, and asks)
            LeadFunctions runs resubmit --status dead_letter --destination crm --from 2026-11-20 --yes
            """)
        {
            Id, Delivered, Yes,
        };
        Filters.AddTo(command);
        Instance.AddTo(command);
        return command.WithAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var query = Filters.Read(parsed);
        if (parsed.GetValue(Id) is { } id)
        {
            return await OneAsync(parsed, id, query, stop);
        }

        if (parsed.GetValue(Delivered))
        {
            throw new CommandFailedException(
                "--delivered sends again what has arrived, so it goes with one lead's id and --destination.",
                ExitCode.Usage);
        }

        if (query.Count == 0)
        {
            throw new CommandFailedException(
                "Which? Give a lead's id, or filters; --status dead_letter alone means all dead letters.",
                ExitCode.Usage);
        }

        using var running = Instance.Connect(parsed);
        var count = await running.PostStepsAsync(RunFilters.Path("/api/runs/resubmit", [.. query, "dryRun=true"]), null, stop);
        var (leads, deliveries) = (count["leads"], count["deliveries"]);
        if (deliveries == 0)
        {
            Terminal.Line("No dead letter matches; there is nothing to resubmit.");
            return ExitCode.Done;
        }

        Terminal.Confirm(
            $"{Terminal.Count(deliveries, "delivery", "deliveries")} of {Terminal.Count(leads, "lead", "leads")} "
            + "will be tried again. Go on?",
            parsed.GetValue(Yes));
        return Say(await running.PostStepsAsync(RunFilters.Path("/api/runs/resubmit", query), null, stop));
    }

    private static async Task<int> OneAsync(ParseResult parsed, Guid id, IReadOnlyList<string> query, CancellationToken stop)
    {
        if (query.Any(filter => !filter.StartsWith("destination=", StringComparison.Ordinal)))
        {
            throw new CommandFailedException("With a lead's id only --destination goes, no other filter.", ExitCode.Usage);
        }

        if (parsed.GetValue(Delivered) && query.Count == 0)
        {
            throw new CommandFailedException(
                "--delivered sends again what has arrived, so it goes with one --destination.",
                ExitCode.Usage);
        }

        using var running = Instance.Connect(parsed);
        return Say(
            await running.PostStepsAsync(
                RunFilters.Path($"/api/runs/{id}/resubmit", parsed.GetValue(Delivered) ? [.. query, "delivered=true"] : query),
                null,
                stop));
    }

    private static int Say(IReadOnlyDictionary<string, long> answer)
    {
        var count = answer["resubmitted"];
        Terminal.Line(
            count == 0
                ? "Nothing was resubmitted: everything has arrived, or is under way."
                : $"{Terminal.Count(count, "delivery", "deliveries")} resubmitted. See: LeadFunctions runs list --status in_progress");
        return ExitCode.Done;
    }
}

/// <summary><c>runs resend</c>: everything from a time on is sent to a destination again, what has arrived there too.</summary>
internal static class RunsResendCommand
{
    public static Command Make()
    {
        var (filters, instance) = (new RunFilters(), new InstanceOptions());
        var yes = new Option<bool>("--yes", "-y") { Description = "Don't ask" };
        var command = new DocumentedCommand(
            "resend",
            "Sends everything from a time on to a destination again, what has arrived there too: for a system that lost it, such as a CRM "
            + "that was put back to yesterday's backup. A mail arrives twice.",
            """
            LeadFunctions runs resend --destination crm --from 2026-11-21T09:00Z          says how many deliveries, and asks
            LeadFunctions runs resend --destination crm --from 2026-11-21 --to 2026-11-22 --test false --yes
            """)
        {
            yes,
        };
        filters.AddTo(command, without: "--status");
        filters.Require("--destination", "--from");
        instance.AddTo(command);
        return command.WithAction(async (parsed, stop) =>
        {
            using var running = instance.Connect(parsed);
            var query = filters.Read(parsed);
            var count = await running.PostStepsAsync(RunFilters.Path("/api/runs/resend", [.. query, "dryRun=true"]), null, stop);
            var deliveries = count["deliveries"];
            if (deliveries == 0)
            {
                Terminal.Line("Nothing matches that has arrived or was given up on; there is nothing to send again.");
                return ExitCode.Done;
            }

            Terminal.Confirm(
                $"{Terminal.Count(deliveries, "delivery", "deliveries")} will be made again, those that have arrived too. Go on?",
                parsed.GetValue(yes));
            var answer = await running.PostStepsAsync(RunFilters.Path("/api/runs/resend", query), null, stop);
            var sent = Terminal.Count(answer["resent"], "delivery is", "deliveries are");
            Terminal.Line($"{sent} being made again. See: LeadFunctions runs list --status in_progress");
            return ExitCode.Done;
        });
    }
}

/// <summary><c>runs discard</c>: a dead letter that nobody wants delivered any more, with the reason.</summary>
internal static class RunsDiscardCommand
{
    public static Command Make()
    {
        var instance = new InstanceOptions();
        var id = new Argument<Guid>("id") { Description = "The lead's id" };
        var destination = new Option<string?>("--destination") { Description = "The delivery there alone", HelpName = "name" };
        var reason = new Option<string>("--reason") { Description = "Why; it is kept with the run", HelpName = "text", Required = true };
        var command = new DocumentedCommand(
            "discard",
            "Takes a lead's dead letters off the list of what a person has to look at. The lead and the reason are kept; resubmit "
            + "brings a delivery back.",
            """
            LeadFunctions runs discard 0193… --reason "A test of the agency's"
            LeadFunctions runs discard 0193… --destination mail --reason "Told them by telephone"
            """)
        {
            id, destination, reason,
        };
        reason.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { Length: > RunActions.LongestReason } text)
            {
                result.AddError($"--reason has {text.Length} characters; at most {RunActions.LongestReason} are taken.");
            }
        });
        instance.AddTo(command);
        return command.WithAction(
            async (parsed, stop) =>
            {
                using var running = instance.Connect(parsed);
                string[] query = parsed.GetValue(destination) is { Length: > 0 } name ? [$"destination={Uri.EscapeDataString(name)}"] : [];
                var body = Encoding.UTF8.GetBytes(new JsonObject { ["reason"] = parsed.GetRequiredValue(reason) }.ToJsonString());
                var answer = await running.PostAsync(RunFilters.Path($"/api/runs/{parsed.GetValue(id)}/discard", query), body, stop);
                var count = answer.GetProperty("discarded").GetInt64();
                Terminal.Line(
                    count == 0
                        ? "Nothing was discarded: there is no dead letter."
                        : $"{Terminal.Count(count, "delivery", "deliveries")} discarded.");
                return ExitCode.Done;
            });
    }
}

/// <summary><c>runs replay</c>: takes a refused body after all, when the schema or the settings allow it now.</summary>
internal static class RunsReplayCommand
{
    public static Command Make()
    {
        var instance = new InstanceOptions();
        var id = new Argument<Guid>("refused-id") { Description = "The refused body's id (runs list --status refused)" };
        var command = new DocumentedCommand(
            "replay",
            "Checks a refused body again, and takes it as a lead when nothing is wrong with it any more. Once only; what repeats a lead "
            + "that was taken meanwhile is not sent again.",
            """
            LeadFunctions runs list --status refused
            LeadFunctions runs replay 0193…
            """)
        {
            id,
        };
        instance.AddTo(command);
        return command.WithAction(
            async (parsed, stop) =>
            {
                using var running = instance.Connect(parsed);
                var answer = await running.PostAsync($"/api/runs/refused/{parsed.GetValue(id)}/replay", null, stop);
                var lead = answer.GetProperty("leadId").GetGuid();
                var taken = answer.GetProperty("duplicate").GetBoolean()
                    ? $"It repeats lead {lead}, which was taken before: nothing is sent again."
                    : $"Accepted as lead {lead}.";
                Terminal.Line($"{taken} See: LeadFunctions runs show {lead}");
                return ExitCode.Done;
            });
    }
}
