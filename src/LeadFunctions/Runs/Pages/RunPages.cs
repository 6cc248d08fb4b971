using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>Answers with pages where a browser asks.</summary>
internal sealed class RunPages(
    IRunHistoryStore store,
    TimeProvider time,
    IReadOnlyList<ConfiguredDestination> destinations,
    Previews previews,
    DestinationTroubles troubles)
{
    private const int DaysShown = 30;

    private readonly IReadOnlyDictionary<string, string> _kinds = RunJson.Kinds(destinations);
    private readonly string[] _destinations = [.. destinations.Select(destination => destination.Name)];

    public async Task ListAsync(HttpContext context, RunListRequest query)
    {
        var summary = SummariseAsync();
        var filter = new FilterQuery(context.Request.Query);
        var list = query.Refused
            ? ListPage.Render(
                filter,
                await summary,
                _destinations,
                await store.ListRefusedAsync(query.Filter, query.Before, query.Take, context.RequestAborted))
            : ListPage.Render(
                filter,
                await summary,
                _destinations,
                await store.ListRunsAsync(query.Filter, query.Before, query.Take, context.RequestAborted));
        await WriteAsync(context, "Run history", Html.All([DeliveryTimes.Banner(await FailingAsync(context.RequestAborted)), list]));
    }

    public Task BadFilterAsync(HttpContext context, IReadOnlyList<Violation> faults) =>
        new PageFrame(
            "The filter can't be read",
            ListPage.Render(new FilterQuery(context.Request.Query), _destinations, faults),
            CurrentSession(context)).WriteAsync(context, StatusCodes.Status400BadRequest);

    public async Task RunAsync(HttpContext context, Run run) =>
        await WriteAsync(context, RunPage.Title(run), RunPage.Render(run, _kinds, await previews.MakeAsync(run), CurrentSession(context)));

    public static Task RefusedAsync(HttpContext context, RefusedBody body) =>
        WriteAsync(context, "Refused body", RefusedPage.Render(body, CurrentSession(context)));

    public static Session? CurrentSession(HttpContext context) => context.Features.Get<Session>();

    /// <summary>
    /// Those of the configured destinations for which something waits: without that nobody knows whether they would answer.
    /// </summary>
    private async Task<IReadOnlyList<(string, DestinationTrouble)>> FailingAsync(CancellationToken stop)
    {
        var failing = new List<(string, DestinationTrouble)>();
        foreach (var (destination, trouble) in (await troubles.FindAsync())
                .Where(one => _kinds.ContainsKey(one.Key))
                .OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if ((await store.ListRunsAsync(new RunFilter(RunState.InProgress, destination), null, 1, stop)).Items.Count > 0)
            {
                failing.Add((destination, trouble));
            }
        }

        return failing;
    }

    private Task<RunSummary> SummariseAsync()
    {
        var now = time.GetUtcNow();
        var tomorrow = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        return store.SummariseRecentAsync(tomorrow.AddDays(-DaysShown), tomorrow, now);
    }

    private static Task WriteAsync(HttpContext context, string title, Html content) =>
        new PageFrame(title, Html.All([Notice.Read(context.Request.Query), content]), CurrentSession(context), Live: true).WriteAsync(
            context);
}
