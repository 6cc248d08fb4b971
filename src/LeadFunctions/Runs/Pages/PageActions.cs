using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>Where the forms of the pages lead to. They are for browsers; programs use the endpoints beside them.</summary>
internal static class PageActionEndpoints
{
    public static void MapPageActions(this IEndpointRouteBuilder routes, RunGate gate, PageActions actions, EraseActions erase)
    {
        routes.MapGet("/api/runs/resubmit", gate.Guard(actions.ConfirmResubmitAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/resubmit", gate.GuardForm(actions.ResubmitAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/resubmit-all", gate.GuardForm(actions.ResubmitAllAsync)).ExcludeFromDescription();
        routes.MapGet("/api/runs/resend", gate.Guard(actions.ConfirmResendAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/resend-all", gate.GuardForm(actions.ResendAllAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/discard", gate.GuardForm(actions.DiscardAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/replay", gate.GuardForm(actions.ReplayAsync)).ExcludeFromDescription();
        routes.MapGet("/api/runs/erase", gate.Guard(EraseActions.AskAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/erase-count", gate.GuardForm(erase.CountAsync)).ExcludeFromDescription();
        routes.MapPost("/api/runs/acts/erase", gate.GuardForm(erase.EraseAsync)).ExcludeFromDescription();
    }
}

/// <summary>What the forms of the pages do. Each ends on the page that shows what came of it.</summary>
internal sealed class PageActions(
    IActionStore store,
    IRunHistoryStore history,
    BulkResubmit resubmit,
    BulkResend resend,
    RefusedEndpoints refusedBodies,
    TimeProvider time)
{
    public async Task ResubmitAsync(HttpContext context, IFormCollection form)
    {
        var destination = Text(form, "destination");
        var evenDelivered = form["delivered"] == "yes" && destination is not null;
        var count = IdIn(form, "lead") is { } id
            ? await store.ResubmitAsync(id, destination, evenDelivered, context.CallerName(), time.GetUtcNow())
            : null;
        await AfterAsync(context, form, "resubmitted", count);
    }

    public async Task DiscardAsync(HttpContext context, IFormCollection form)
    {
        var reason = Text(form, "reason");
        if (RunActions.CheckReason(reason) is not null)
        {
            await ProblemPage.WriteAsync(
                context,
                new Problem(
                    StatusCodes.Status400BadRequest,
                    "Why?",
                    $"A dead letter is discarded with a reason, of at most {RunActions.LongestReason} characters. Go back and give one."),
                RunPages.CurrentSession(context));
            return;
        }

        var count = IdIn(form, "lead") is { } id
            ? await store.DiscardAsync(id, Text(form, "destination"), reason!, context.CallerName(), time.GetUtcNow())
            : null;
        await AfterAsync(context, form, "discarded", count);
    }

    public async Task ReplayAsync(HttpContext context, IFormCollection form)
    {
        var refused = IdIn(form, "refused") is { } id ? await history.FindRefusedAsync(id) : null;
        if (refused is null)
        {
            await ProblemPage.WriteAsync(context, RefusedEndpoints.NoSuchBody, RunPages.CurrentSession(context));
            return;
        }

        switch (await refusedBodies.ReplayAsync(refused, context.CallerName()))
        {
            case IntakeResult.Accepted accepted:
                await AfterReplayAsync(context, [accepted]);
                break;
            case IntakeResult.AcceptedAll all:
                await AfterReplayAsync(context, all.Leads);
                break;
            case IntakeResult.Refused still:
                await ProblemPage.WriteAsync(
                    context,
                    RefusedEndpoints.StillRefused(still, "Each fault is below."),
                    RunPages.CurrentSession(context));
                break;
            default:
                await SeeOther.Async(context, $"/api/runs/{await refusedBodies.FindLeadAsync(refused.Id)}");
                break;
        }
    }

    /// <summary>To the first lead, which stands for the body.</summary>
    private static Task AfterReplayAsync(HttpContext context, IReadOnlyList<IntakeResult.Accepted> leads)
    {
        var added = leads.Where(lead => !lead.IsRepeat).ToArray();
        return SeeOther.Async(
            context,
            Notice.AddTo($"/api/runs/{leads[0].LeadId}", added.Length == 0 ? "repeated" : "replayed", added.Sum(lead => lead.Destinations))
        );
    }

    public Task ConfirmResubmitAsync(HttpContext context) => ConfirmAsync(context, resubmit, "Resubmit dead letters", ConfirmPage.Resubmit);

    public Task ConfirmResendAsync(HttpContext context) => ConfirmAsync(
        context,
        resend,
        "Send again",
        (query, count, session) => ConfirmPage.Resend(query, count, time.GetUtcNow(), session));

    public Task ResubmitAllAsync(HttpContext context, IFormCollection form) =>
        ActOnAllAsync(context, form, resubmit, "Resubmit dead letters", []);

    public Task ResendAllAsync(HttpContext context, IFormCollection form) => ActOnAllAsync(
        context,
        form,
        resend,
        "Send again",
        form["delivered"] == "yes" ? [] : [new Violation("delivered", "is not ticked: say that what has arrived is to be sent again")]);

    /// <summary>The filter stands in the address, as in the list's.</summary>
    private static async Task ConfirmAsync(
        HttpContext context,
        BulkAction action,
        string title,
        Func<FilterQuery, BulkCount, Session?, Html> question)
    {
        var faults = new List<Violation>();
        var request = action.ReadRequest(context.Request, faults);
        var session = RunPages.CurrentSession(context);
        if (faults.Count > 0)
        {
            await ProblemPage.WriteAsync(context, RunListRequest.Problem(faults), session);
            return;
        }

        var page = question(new FilterQuery(context.Request.Query), await action.CountAsync(request, context.RequestAborted), session);
        await new PageFrame(title, page, session).WriteAsync(context);
    }

    private static async Task ActOnAllAsync(
        HttpContext context,
        IFormCollection form,
        BulkAction action,
        string title,
        List<Violation> faults)
    {
        var request = action.ReadRequest(context.Request, faults);
        if (faults.Count > 0)
        {
            await ProblemPage.WriteAsync(context, RunListRequest.Problem(faults), RunPages.CurrentSession(context));
            return;
        }

        // As far as the forms say: when it was first asked for, and how far it came.
        var asked = form[BulkResend.AskedParameter].ToString();
        var (count, next) = await action.RunAsync(
            request with { Before = IdIn(form, ActionSteps.Next), Asked = RunListRequest.ParseTime(asked) ?? request.Asked },
            context.CallerName());
        var done = GoOnPage.DoneIn(form) + count;
        await (next is { } rest
            ? GoOnPage.WriteAsync(
                context,
                title,
                $"{Format.Count(done, "delivery is", "deliveries are")} done so far.",
                done,
                rest,
                [("delivered", form["delivered"].ToString()), (BulkResend.AskedParameter, asked)])
            : SeeOther.Async(
                context,
                Notice.AddTo(new FilterQuery(context.Request.Query).Address("/api/runs", ("status", "")), action.Done, done)));
    }

    private static Task AfterAsync(HttpContext context, IFormCollection form, string word, int? count) => count is { } done
        ? SeeOther.Async(context, Notice.AddTo($"/api/runs/{IdIn(form, "lead")}", word, done))
        : ProblemPage.WriteAsync(context, RunEndpoints.NoSuchLead, RunPages.CurrentSession(context));

    private static LeadId? IdIn(IFormCollection form, string name) => LeadId.TryParse(form[name], out var id) ? id : null;

    private static string? Text(IFormCollection form, string name) =>
        form[name] is [{ } text] && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
