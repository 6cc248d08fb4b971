using System.Text.Json;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Runs.Pages;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary><c>GET /api/runs</c>: what happened to the leads, newest first, as HTML or JSON page by page, or as one CSV file.</summary>
internal sealed class RunList(IRunHistoryStore store, IReadOnlyList<ConfiguredDestination> destinations, RunPages pages)
{
    private const int RowsAtOnce = 100;

    private readonly IReadOnlyDictionary<string, string> _kinds = RunJson.Kinds(destinations);
    private readonly string[] _destinations = [.. destinations.Select(destination => destination.Name)];

    public Task GetAsync(HttpContext context)
    {
        var faults = new List<Violation>();
        var query = RunListRequest.ReadList(context.Request, faults);
        if (faults.Count > 0)
        {
            return RunFormats.IsForPage(context.Request)
                ? pages.BadFilterAsync(context, faults)
                : RunListRequest.Problem(faults).WriteAsync(context);
        }

        return (query.Format, query.Refused) switch
        {
            (RunFormat.Html, _) => pages.ListAsync(context, query),
            (RunFormat.Csv, true) => RunExport.WriteAsync(
                context,
                "refused.csv",
                RunColumns.OfRefusedBodies,
                before => store.ListRefusedAsync(query.Filter, before, RowsAtOnce, context.RequestAborted),
                RunColumns.Cells),
            (RunFormat.Csv, false) => RunExport.WriteAsync(
                context,
                "leads.csv",
                RunColumns.OfLeads(_destinations),
                before => store.ListRunsAsync(query.Filter, before, RowsAtOnce, context.RequestAborted),
                run => RunColumns.Cells(run, _destinations)),
            (_, true) => WriteJsonAsync(
                context,
                store.ListRefusedAsync(query.Filter, query.Before, query.Take, context.RequestAborted),
                RefusedJson.Write),
            (_, false) => WriteJsonAsync(
                context,
                store.ListRunsAsync(query.Filter, query.Before, query.Take, context.RequestAborted),
                (json, run) => RunJson.Write(json, run, _kinds)),
        };
    }

    /// <summary><c>GET /api/runs/{leadId}</c>: everything about one lead.</summary>
    public async Task GetRunAsync(HttpContext context)
    {
        var run = RunEndpoints.ReadLeadId(context) is { } id ? await store.FindRunAsync(id) : null;
        if (run is null)
        {
            await ProblemPage.AnswerAsync(context, RunEndpoints.NoSuchLead);
            return;
        }

        if (RunFormats.IsForPage(context.Request))
        {
            await pages.RunAsync(context, run);
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(RunJson.Write(run, _kinds), context.RequestAborted);
    }

    private static async Task WriteJsonAsync<T>(HttpContext context, Task<Page<T>> list, Action<Utf8JsonWriter, T> write)
    {
        var page = await list;
        context.Response.ContentType = "application/json; charset=utf-8";
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, RunJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var item in page.Items)
        {
            write(json, item);
            json.Flush();
            await body.FlushAsync(context.RequestAborted);
        }

        json.WriteEndArray();
        json.WriteString("next", page.Next?.ToString());
        json.WriteEndObject();
    }
}
