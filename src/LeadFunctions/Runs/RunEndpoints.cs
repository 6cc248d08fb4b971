using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Runs.Pages;
using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs;

/// <summary>The addresses under <c>/api/runs</c>: what happened to every lead, and what people do about it.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var gate = services.GetRequiredService<RunGate>();
        var list = services.GetRequiredService<RunList>();
        routes.MapGet("/api/runs", gate.Guard(list.GetAsync));
        routes.MapGet("/api/runs/{leadId}", gate.Guard(list.GetRunAsync));
        routes.MapPost("/api/runs/resubmit", gate.Guard(services.GetRequiredService<BulkResubmit>().PostAsync));
        routes.MapPost("/api/runs/resend", gate.Guard(services.GetRequiredService<BulkResend>().PostAsync));
        routes.MapPost("/api/runs/erase", gate.Guard(services.GetRequiredService<EraseEndpoint>().PostAsync));

        var actions = services.GetRequiredService<RunActions>();
        routes.MapPost("/api/runs/{leadId}/resubmit", gate.Guard(actions.ResubmitAsync));
        routes.MapPost("/api/runs/{leadId}/discard", gate.Guard(actions.DiscardAsync));

        var refused = services.GetRequiredService<RefusedEndpoints>();
        routes.MapGet("/api/runs/refused/{refusedId}", gate.Guard(refused.GetAsync));
        routes.MapPost("/api/runs/refused/{refusedId}/replay", gate.Guard(refused.ReplayAsync));

        routes.MapSignIn(gate, services.GetRequiredService<SignInManager>());
        routes.MapPageFiles();
        routes.MapPageActions(gate, services.GetRequiredService<PageActions>(), services.GetRequiredService<EraseActions>());
    }

    public static Problem NoSuchLead =>
        new(StatusCodes.Status404NotFound, "No such lead", "There is no lead of this id. It may have been removed after Store:Retention.");

    public static LeadId? ReadLeadId(HttpContext context) =>
        LeadId.TryParse(context.Request.RouteValues["leadId"] as string, out var id) ? id : null;

    /// <summary>How much was done: <c>{"resubmitted":2}</c>.</summary>
    public static Task AnswerAsync(HttpContext context, int status, params (string What, int Count)[] counts) =>
        AnswerAsync(context, status, null, counts);

    /// <param name="next">Where to go on, because there was no time for more: <c>{"resubmitted":2,"next":"…"}</c>.</param>
    public static Task AnswerAsync(HttpContext context, int status, LeadId? next, params (string What, int Count)[] counts)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var rest = next is null ? "" : $",\"{ActionSteps.Next}\":\"{next}\"";
        return context.Response.WriteAsync(
            $"{{{string.Join(',', counts.Select(count => $"\"{count.What}\":{count.Count}"))}{rest}}}",
            context.RequestAborted);
    }
}
