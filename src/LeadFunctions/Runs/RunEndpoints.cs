using LeadFunctions.Destinations;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>
/// <c>GET /api/runs</c>: the list. <c>GET /api/runs/{leadId}</c>: everything that happened to one lead; where a 202's Location points.
/// <c>POST /api/runs/{leadId}/resubmit</c> and <c>POST /api/runs/resubmit</c>: try again what was given up on.
/// </summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var store = services.GetRequiredService<ILeadStore>();
        var time = services.GetRequiredService<TimeProvider>();
        var gate = new RunGate(services.GetRequiredService<RunOptions>());
        var destinations = services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>();
        var kinds = destinations.ToDictionary(destination => destination.Name, destination => destination.Kind.ToString(), StringComparer.Ordinal);
        routes.MapGet("/api/runs", gate.Guard(new RunList(store, destinations, kinds).GetAsync));
        routes.MapGet("/api/runs/{leadId}", gate.Guard(context => GetAsync(context, store, kinds)));
        routes.MapPost("/api/runs/resubmit", gate.Guard(new BulkResubmit(store, time).PostAsync));
        routes.MapPost("/api/runs/{leadId}/resubmit", gate.Guard(context => ResubmitAsync(context, store, time, kinds)));
    }

    private static async Task GetAsync(HttpContext context, ILeadStore store, IReadOnlyDictionary<string, string> kinds)
    {
        var run = LeadIdOf(context) is { } id ? await store.FindRunAsync(id) : null;
        if (run is null)
        {
            await NoSuchLead.WriteAsync(context);
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(RunJson.Write(run, kinds), context.RequestAborted);
    }

    /// <summary><c>?destination=</c> for one delivery; then <c>&amp;delivered=true</c> sends it again even though it has arrived.</summary>
    private static async Task ResubmitAsync(HttpContext context, ILeadStore store, TimeProvider time, IReadOnlyDictionary<string, string> kinds)
    {
        var destination = Destination(context);
        var evenDelivered = string.Equals(context.Request.Query["delivered"], "true", StringComparison.OrdinalIgnoreCase);
        if (evenDelivered && destination is null)
        {
            await new Problem(StatusCodes.Status400BadRequest, "Which delivery?", "delivered=true sends again what has arrived, so it goes with one destination: add destination=NAME.").WriteAsync(context);
            return;
        }

        var count = LeadIdOf(context) is { } id ? await store.ResubmitAsync(id, destination, evenDelivered, RunCaller.Of(context), time.GetUtcNow()) : null;
        if (count == 0 && destination is not null && !kinds.ContainsKey(destination))
        {
            await new Problem(StatusCodes.Status404NotFound, "No such destination", $"This lead has no delivery to a destination of this name. Configured: {string.Join(", ", kinds.Keys)}.").WriteAsync(context);
            return;
        }

        await (count is { } resubmitted ? AcceptAsync(context, resubmitted) : NoSuchLead.WriteAsync(context));
    }

    private static Problem NoSuchLead =>
        new(StatusCodes.Status404NotFound, "No such lead", "There is no lead of this id. It may have been removed after Store:Retention.");

    private static string? Destination(HttpContext context) => context.Request.Query["destination"] is [{ Length: > 0 } name] ? name : null;

    private static LeadId? LeadIdOf(HttpContext context) => LeadId.TryParse(context.Request.RouteValues["leadId"] as string, out var id) ? id : null;

    public static Task AcceptAsync(HttpContext context, int resubmitted)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"resubmitted":{{resubmitted}}}""", context.RequestAborted);
    }
}
