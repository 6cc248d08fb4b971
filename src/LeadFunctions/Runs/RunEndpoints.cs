using LeadFunctions.Appointments;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Runs.Pages;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>The addresses under <c>/api/runs</c>: what happened to every lead, and what actStore do about it.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var history = services.GetRequiredService<IRunHistoryStore>();
        var actStore = services.GetRequiredService<IActStore>();
        var time = services.GetRequiredService<TimeProvider>();
        var options = services.GetRequiredService<RunOptions>();
        var signIn = new SignInManager(options, services.GetRequiredService<INoteStore>(), time);
        var gate = new RunGate(options, signIn);
        var destinations = services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>();
        var kinds = destinations.ToDictionary(destination => destination.Name, destination => destination.Kind.ToString(), StringComparer.Ordinal);
        var acts = new RunActs(actStore, time, kinds);
        var bulk = new BulkResubmit(actStore, history, time);
        var resend = new BulkResend(actStore, history, time);
        var refused = new RefusedEndpoints(history, services.GetRequiredService<LeadIntake>(), services.GetRequiredService<AppointmentIntake>());
        var pages = new RunPages(history, time, kinds, new Previews(destinations, services.GetRequiredService<DestinationServices>(), history, services.GetRequiredService<IDeliveryStore>()), services.GetRequiredService<DestinationTroubles>());
        routes.MapGet("/api/runs", gate.Guard(new RunList(history, destinations, kinds, pages).GetAsync));
        routes.MapGet("/api/runs/{leadId}", gate.Guard(context => GetAsync(context, history, kinds, pages)));
        routes.MapPost("/api/runs/resubmit", gate.Guard(bulk.PostAsync));
        routes.MapPost("/api/runs/resend", gate.Guard(resend.PostAsync));
        routes.MapPost("/api/runs/erase", gate.Guard(new EraseEndpoint(actStore, time).PostAsync));
        routes.MapPost("/api/runs/{leadId}/resubmit", gate.Guard(acts.ResubmitAsync));
        routes.MapPost("/api/runs/{leadId}/discard", gate.Guard(acts.DiscardAsync));
        routes.MapGet("/api/runs/refused/{refusedId}", gate.Guard(refused.GetAsync));
        routes.MapPost("/api/runs/refused/{refusedId}/replay", gate.Guard(refused.ReplayAsync));
        routes.MapSignIn(gate, signIn);
        routes.MapPageFiles();
        routes.MapPageActs(gate, new PageActs(actStore, history, bulk, resend, refused, time), new EraseActs(actStore, time));
    }

    public static Problem NoSuchLead =>
        new(StatusCodes.Status404NotFound, "No such lead", "There is no lead of this id. It may have been removed after Store:Retention.");

    public static LeadId? ReadLeadId(HttpContext context) => LeadId.TryParse(context.Request.RouteValues["leadId"] as string, out var id) ? id : null;

    /// <summary>How much was done: <c>{"resubmitted":2}</c>.</summary>
    public static Task AnswerAsync(HttpContext context, int status, params (string What, int Count)[] counts)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($"{{{string.Join(',', counts.Select(count => $"\"{count.What}\":{count.Count}"))}}}", context.RequestAborted);
    }

    private static async Task GetAsync(HttpContext context, IRunHistoryStore history, IReadOnlyDictionary<string, string> kinds, RunPages pages)
    {
        var run = ReadLeadId(context) is { } id ? await history.FindRunAsync(id) : null;
        if (run is null)
        {
            await ProblemPage.AnswerAsync(context, NoSuchLead);
            return;
        }

        if (RunFormats.IsForPage(context.Request))
        {
            await pages.RunAsync(context, run);
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(RunJson.Write(run, kinds), context.RequestAborted);
    }
}
