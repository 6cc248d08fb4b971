using LeadFunctions.Destinations;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary><c>GET /api/runs/{leadId}</c>: everything that happened to one lead; where a 202's Location points.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var store = services.GetRequiredService<ILeadStore>();
        var options = services.GetRequiredService<RunOptions>();
        var kinds = services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>().ToDictionary(destination => destination.Name, destination => destination.Kind.ToString(), StringComparer.Ordinal);
        var keys = new AccessKeys(options.Keys);
        routes.MapGet("/api/runs/{leadId}", (RequestDelegate)(context =>
            options.IsOpen || keys.Find(context.Request) is not null
                ? GetAsync(context, store, kinds)
                : new Problem(StatusCodes.Status401Unauthorized, "The run history is closed", "Send one of Runs:Keys in the x-functions-key header or as ?code=. Without Runs:Keys it is open only to a program that runs alone on loopback.").WriteAsync(context)));
    }

    private static async Task GetAsync(HttpContext context, ILeadStore store, IReadOnlyDictionary<string, string> kinds)
    {
        try
        {
            var run = LeadId.TryParse(context.Request.RouteValues["leadId"] as string, out var id) ? await store.FindRunAsync(id) : null;
            if (run is null)
            {
                await new Problem(StatusCodes.Status404NotFound, "No such lead", "There is no lead of this id. It may have been removed after Store:Retention.").WriteAsync(context);
                return;
            }

            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.Body.WriteAsync(RunJson.Write(run, kinds), context.RequestAborted);
        }
        catch (StoreUnavailableException)
        {
            context.Response.Headers.RetryAfter = "5";
            await new Problem(StatusCodes.Status503ServiceUnavailable, "The store can't be read", "Try again after the time in Retry-After.").WriteAsync(context);
        }
    }
}
