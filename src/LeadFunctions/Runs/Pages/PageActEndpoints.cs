namespace LeadFunctions.Runs.Pages;

/// <summary>Where the forms of the pages lead to. They are for browsers; programs use the endpoints beside them.</summary>
internal static class PageActEndpoints
{
    public static void MapPageActs(this IEndpointRouteBuilder routes, RunGate gate, PageActs acts, EraseActs erase)
    {
        routes.MapGet("/api/runs/resubmit", gate.Guard(acts.ConfirmAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/resubmit", gate.GuardForm(acts.ResubmitAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/resubmit-all", gate.GuardForm(acts.ResubmitAllAsync)).ExcludeFromDescription();
        routes.MapGet("/api/runs/resend", gate.Guard(acts.ConfirmResendAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/resend-all", gate.GuardForm(acts.ResendAllAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/discard", gate.GuardForm(acts.DiscardAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/replay", gate.GuardForm(acts.ReplayAsync)).ExcludeFromDescription();
        routes.MapGet("/api/runs/erase", gate.Guard(EraseActs.AskAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/erase-count", gate.GuardForm(erase.CountAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/erase", gate.GuardForm(erase.EraseAsync)).ExcludeFromDescription();
    }
}
