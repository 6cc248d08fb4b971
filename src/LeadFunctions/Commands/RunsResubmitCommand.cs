using System.CommandLine;
using System.Text.Json;

namespace LeadFunctions.Commands;

/// <summary><c>runs resubmit</c>: one delivery, one lead, or every dead letter that matches; what has arrived is not sent again.</summary>
internal static class RunsResubmitCommand
{
    private static readonly RunFilters Filters = new();
    private static readonly InstanceOptions Instance = new();
    private static readonly Argument<Guid?> Id = new("id") { Description = "The lead's id. Without it the filters say which", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Delivered = new("--delivered") { Description = "Send it again although it has arrived; goes with an id and --destination" };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Don't ask" };

    public static Command Make()
    {
        var command = new TeachingCommand(
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
        return command.Does(RunAsync);
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
            throw new CommandFailedException("--delivered sends again what has arrived, so it goes with one lead's id and --destination.", ExitCode.Usage);
        }

        if (query.Count == 0)
        {
            throw new CommandFailedException("Which? Give a lead's id, or filters; --status dead_letter alone means all dead letters.", ExitCode.Usage);
        }

        using var running = Instance.Connect(parsed);
        var count = await running.PostAsync(RunFilters.Path("/api/runs/resubmit", [.. query, "dryRun=true"]), null, stop);
        var (leads, deliveries) = (count.GetProperty("leads").GetInt64(), count.GetProperty("deliveries").GetInt64());
        if (deliveries == 0)
        {
            Terminal.Line("No dead letter matches; there is nothing to resubmit.");
            return ExitCode.Done;
        }

        Terminal.Confirm($"{Count(deliveries, "delivery", "deliveries")} of {Count(leads, "lead", "leads")} will be tried again. Go on?", parsed.GetValue(Yes));
        return Say(await running.PostAsync(RunFilters.Path("/api/runs/resubmit", query), null, stop));
    }

    private static async Task<int> OneAsync(ParseResult parsed, Guid id, IReadOnlyList<string> query, CancellationToken stop)
    {
        if (query.Any(filter => !filter.StartsWith("destination=", StringComparison.Ordinal)))
        {
            throw new CommandFailedException("With a lead's id only --destination goes, no other filter.", ExitCode.Usage);
        }

        if (parsed.GetValue(Delivered) && query.Count == 0)
        {
            throw new CommandFailedException("--delivered sends again what has arrived, so it goes with one --destination.", ExitCode.Usage);
        }

        using var running = Instance.Connect(parsed);
        return Say(await running.PostAsync(RunFilters.Path($"/api/runs/{id}/resubmit", parsed.GetValue(Delivered) ? [.. query, "delivered=true"] : query), null, stop));
    }

    private static int Say(JsonElement answer)
    {
        var count = answer.GetProperty("resubmitted").GetInt64();
        Terminal.Line(count == 0 ? "Nothing was resubmitted: everything has arrived, or is under way." : $"{Count(count, "delivery", "deliveries")} resubmitted. See: LeadFunctions runs list --status in_progress");
        return ExitCode.Done;
    }

    public static string Count(long count, string one, string many) => $"{count} {(count == 1 ? one : many)}";
}
