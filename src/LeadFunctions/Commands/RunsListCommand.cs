using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rendering;
using Spectre.Console;

namespace LeadFunctions.Commands;

/// <summary><c>runs list</c>: newest first, as a table or as the JSON of the API.</summary>
internal static class RunsListCommand
{
    private const int MostAtOnce = 500;

    public static Command Make()
    {
        var (filters, instance) = (new RunFilters(), new InstanceOptions());
        var take = new Option<int?>("--take") { Description = "How many, 1 to 500. Default 50", HelpName = "count" };
        var next = new Option<string?>("--next") { Description = "Where the list before ended", HelpName = "next" };
        var all = new Option<bool>("--all") { Description = "All that match, however many" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new DocumentedCommand(
            "list",
            "Lists leads, newest first, or refused bodies.",
            """
            LeadFunctions runs list                                          the newest 50
            LeadFunctions runs list --status dead_letter --destination crm   what Dataverse did not take
            LeadFunctions runs list --text contoso --from 2026-11-01         a customer's leads since November
            LeadFunctions runs list --status refused --all --json            every refused body, for a program to read
            """);
        filters.AddTo(command);
        foreach (var option in new Option[] { take, next, all, json })
        {
            command.Options.Add(option);
        }

        instance.AddTo(command);
        return command.WithAction(
            async (parsed, stop) =>
            {
                using var running = instance.Connect(parsed);
                var everything = parsed.GetValue(all);
                var count = parsed.GetValue(take) ?? (everything ? MostAtOnce : null);
                List<string> query = [.. filters.Read(parsed), .. count is { } some ? [$"take={some}"] : Array.Empty<string>()];
                await ListAsync(
                    running,
                    query,
                    parsed.GetValue(next),
                    everything,
                    parsed.GetValue(json) ? new JsonPages() : new TablePages(),
                    stop);
                return ExitCode.Done;
            });
    }

    private static async Task ListAsync(
        RunningInstance running,
        List<string> query,
        string? next,
        bool everything,
        IPages pages,
        CancellationToken stop)
    {
        do
        {
            var page = await running.GetAsync(
                RunFilters.Path("/api/runs", next is null ? query : [.. query, $"next={Uri.EscapeDataString(next)}"]),
                stop);
            next = page.GetProperty("next").GetString();
            pages.Add([.. page.GetProperty("items").EnumerateArray()]);
        }
        while (everything && next is not null);
        pages.End(next);
    }

    private interface IPages
    {
        void Add(IReadOnlyList<JsonElement> items);

        void End(string? next);
    }

    /// <summary>One JSON object, however many pages; written as they come.</summary>
    private sealed class JsonPages : IPages
    {
        private string _before = "{\"items\":[";

        public void Add(IReadOnlyList<JsonElement> items)
        {
            foreach (var item in items)
            {
                Console.Out.Write($"{_before}\n{CommandJson.Text(item)}");
                _before = ",";
            }
        }

        public void End(string? next) =>
            Terminal.Line(
                $"{(_before == "," ? "" : _before)}],\"next\":{(next is null ? "null" : CommandJson.Text(JsonValue.Create(next)))}}}");
    }

    private sealed class TablePages : IPages
    {
        private int _count;

        public void Add(IReadOnlyList<JsonElement> items)
        {
            if (items.Count == 0)
            {
                return;
            }

            var table = items[0].TryGetProperty("refusedId", out _)
                ? Table(items, ["received", "refused body", "faults"], RefusedRow)
                : Table(items, ["received", "lead", "who", "offer", "status", "deliveries"], LeadRow);
            table.ShowHeaders = _count == 0;
            Terminal.Out.Write(table);
            _count += items.Count;
        }

        public void End(string? next)
        {
            if (_count == 0)
            {
                Terminal.Note("Nothing matches.");
            }
            else if (next is not null)
            {
                Terminal.Note($"There are more: add --next {PlainText.OneLine(next)}, or --all.");
            }
        }

        private static Table Table(IReadOnlyList<JsonElement> items, string[] headers, Func<JsonElement, string?[]> row)
        {
            var table = Terminal.Table(headers);
            foreach (var item in items)
            {
                table.AddRow(row(item).Select(cell => Terminal.Cell(cell)));
            }

            return table;
        }

        private static string?[] RefusedRow(JsonElement refused) =>
            [
                RunText.Time(refused.GetProperty("receivedAt")),
                RunText.Text(refused, "refusedId"),
                string.Join(
                    "; ",
                    refused
                        .GetProperty("errors")
                        .EnumerateArray()
                        .Select(error => $"{RunText.Text(error, "path")} {RunText.Text(error, "message")}".TrimStart())),
            ];

        private static string?[] LeadRow(JsonElement run)
        {
            var lead = run.GetProperty("lead");
            var person = lead.TryGetProperty("UserDetails", out var details) && details.ValueKind == JsonValueKind.Object ? details : lead;
            var who = new[]
            {
                RunText.Text(person, "FirstName"),
                RunText.Text(person, "LastName"),
                RunText.Text(person, "Company") is { } company ? $"({company})" : null,
            };
            return
            [
                RunText.Time(run.GetProperty("receivedAt")),
                RunText.Text(run, "leadId"),
                (run.GetProperty("isTest").GetBoolean() ? "[TEST] " : "") + string.Join(' ', who.Where(part => part is not null)),
                RunText.Text(lead, "OfferTitle"),
                RunText.Text(run, "status"),
                string.Join(
                    ", ",
                    run.GetProperty("deliveries")
                        .EnumerateArray()
                        .Select(delivery => $"{RunText.Text(delivery, "destination")} {RunText.Text(delivery, "status")}")),
            ];
        }
    }
}
