using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LeadFunctions.Destinations.Rendering;
using Spectre.Console;

namespace LeadFunctions.Commands;

/// <summary><c>runs show</c>: one lead, or one refused body, for people to read.</summary>
internal static class RunsShowCommand
{
    public static Command Make()
    {
        var instance = new InstanceOptions();
        var id = new Argument<Guid>("id") { Description = "The lead's id, or that of a refused body" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new DocumentedCommand(
            "show",
            "Shows what a lead says, where it stands, what was sent, and everything that happened to it, in order.",
            """
            LeadFunctions runs show 0193a0f2-6c9e-7d7e-9d1c-6a2f0d0e8a11
            LeadFunctions runs show 0193a0f2-6c9e-7d7e-9d1c-6a2f0d0e8a11 --json
            """)
        {
            id, json,
        };
        instance.AddTo(command);
        return command.WithAction(
            async (parsed, stop) =>
            {
                using var running = instance.Connect(parsed);
                var wanted = parsed.GetValue(id);
                var run = await running.FindAsync($"/api/runs/{wanted}", stop);
                var found =
                    run
                    ?? await running.FindAsync($"/api/runs/refused/{wanted}", stop)
                    ?? throw new CommandFailedException(
                        "There is no lead and no refused body of this id. It may have been removed after Store:Retention.");
                if (parsed.GetValue(json))
                {
                    Terminal.Line(CommandJson.Text(found));
                }
                else if (run is not null)
                {
                    ShowRun(found);
                }
                else
                {
                    ShowRefused(found);
                }

                return ExitCode.Done;
            });
    }

    private static void ShowRun(JsonElement run)
    {
        var from = RunText.Text(run, "event") is { } what ? $"{RunText.Text(run, "source")} ({what})" : RunText.Text(run, "source");
        Terminal.Line($"Lead {RunText.Text(run, "leadId")}: {RunText.Text(run, "status")}");
        var (isTest, doNotContact) = (run.GetProperty("isTest").GetBoolean(), run.GetProperty("doNotContact").GetBoolean());
        Terminal.Line(
            $"Received {RunText.Time(run.GetProperty("receivedAt"))} from {from}"
            + $"{(isTest ? ", a test lead" : "")}{(doNotContact ? ", do not contact" : "")}");
        Write("What it says", "", [.. RunText.Fields(run.GetProperty("lead")).Select(field => (field.Name, field.Value))]);
        var deliveries = run.GetProperty("deliveries").EnumerateArray().ToList();
        Write(
            "Where it goes",
            "No destination takes it.",
            [.. deliveries.Select(delivery => (RunText.Text(delivery, "destination")!, RunText.State(delivery)))]);
        Write(
            "What happened",
            "",
            [
                .. Events(run, deliveries)
                    .OrderBy(happened => happened.At)
                    .Select(happened =>
                        (happened.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), happened.What)),
            ]);
        foreach (var delivery in deliveries.Where(delivery => RunText.Raw(delivery, "request") is not null))
        {
            Terminal.Line($"\nWhat was sent to {RunText.Text(delivery, "destination")}");
            Terminal.Block(RunText.Raw(delivery, "request")!);
        }
    }

    private static IEnumerable<(DateTimeOffset At, string What)> Events(JsonElement run, List<JsonElement> deliveries) =>
        deliveries
            .SelectMany(delivery =>
                delivery
                    .GetProperty("attempts")
                    .EnumerateArray()
                    .Select(attempt =>
                        (
                            attempt.GetProperty("startedAt").GetDateTimeOffset(),
                            RunText.Attempt(RunText.Text(delivery, "destination")!, attempt))))
            .Concat(
                run.GetProperty("acts")
                    .EnumerateArray()
                    .Select(entry => (entry.GetProperty("at").GetDateTimeOffset(), RunText.AuditEntry(entry))))
            .Concat(
                run.GetProperty("repeatedAt")
                    .EnumerateArray()
                    .Select(at => (at.GetDateTimeOffset(), "came again (a repeat, not a second lead)")))
            .Prepend((run.GetProperty("receivedAt").GetDateTimeOffset(), "received"));

    private static void ShowRefused(JsonElement refused)
    {
        Terminal.Line($"Refused body {RunText.Text(refused, "refusedId")}");
        Terminal.Line($"Received {RunText.Time(refused.GetProperty("receivedAt"))}");
        if (refused.TryGetProperty("replayedAt", out var at) && at.ValueKind == JsonValueKind.String)
        {
            Terminal.Line($"Replayed {RunText.Time(at)} by {RunText.Text(refused, "replayedBy")}");
        }

        Write(
            "Why",
            "",
            [
                .. refused
                    .GetProperty("errors")
                    .EnumerateArray()
                    .Select(error => (RunText.Text(error, "path") ?? "", RunText.Text(error, "message") ?? "")),
            ]);
        Terminal.Line("\nThe body");
        Terminal.Block(RunText.Raw(refused, "body") ?? "");
    }

    private static void Write(string title, string whenNone, IReadOnlyList<(string Name, string Value)> rows)
    {
        Terminal.Line($"\n{title}");
        var table = Terminal.Table("", "", "");
        table.ShowHeaders = false;
        foreach (var (name, value) in rows)
        {
            table.AddRow(Terminal.Cell(" "), Terminal.Cell(name), Terminal.Cell(value));
        }

        if (rows.Count > 0)
        {
            Terminal.Out.Write(table);
        }
        else if (whenNone.Length > 0)
        {
            Terminal.Line($"    {whenNone}");
        }
    }
}

/// <summary>Parts of a run in words. A server is trusted no more than a lead: whatever stands in its answer becomes one line of visible
/// text.</summary>
internal static class RunText
{
    public static string Time(JsonElement time) =>
        time.GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Text(JsonElement element, string name) => Raw(element, name) is { } text ? PlainText.OneLine(text) : null;

    /// <summary>With its lines.</summary>
    public static string? Raw(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Where a delivery stands and why.</summary>
    public static string State(JsonElement delivery)
    {
        var error = Text(delivery, "lastError") is { } words ? $" – {words}" : "";
        return Text(delivery, "status") switch
        {
            "delivered" => "delivered" + (Text(delivery, "remoteId") is { } id ? $" ({id})" : ""),
            "pending" when Text(delivery, "after") is { } after && delivery.GetProperty("nextAttemptAt").ValueKind == JsonValueKind.Null =>
                $"waits for {after}",
            "pending" when delivery.GetProperty("attempts").GetArrayLength() > 0 =>
                $"next attempt {Time(delivery.GetProperty("nextAttemptAt"))}{error}",
            "pending" => "waits",
            "in_flight" => "under way",
            "dead_letter" => $"given up on{error}",
            var other => $"{other}{error}",
        };
    }

    public static string Attempt(string destination, JsonElement attempt)
    {
        var status = attempt.GetProperty("status") is { ValueKind: JsonValueKind.Number } code ? $" ({code.GetInt32()})" : "";
        var error = Text(attempt, "error") is { } words ? $" – {words}" : "";
        var (number, took) = (attempt.GetProperty("number").GetInt64(), attempt.GetProperty("durationMs").GetDouble());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{destination}: attempt {number}: {Text(attempt, "outcome")}{status} in {took} ms{error}");
    }

    public static string AuditEntry(JsonElement entry)
    {
        var to = Text(entry, "destination") is { } destination ? $" {destination}" : "";
        var note = Text(entry, "note") is { } words ? $" – {words}" : "";
        return $"{Text(entry, "kind")}{to} by {Text(entry, "by")}{note}";
    }

    /// <summary>A lead's values under their paths.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(JsonElement lead, string prefix = "") =>
        lead.EnumerateObject()
            .SelectMany(property =>
                property.Value.ValueKind switch
                {
                    JsonValueKind.Object => Fields(property.Value, $"{prefix}{property.Name}."),
                    JsonValueKind.String => [($"{prefix}{property.Name}", property.Value.GetString()!)],
                    _ => [($"{prefix}{property.Name}", property.Value.GetRawText())],
                });
}
