using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>
/// <c>POST /api/runs/erase</c>, <c>{"email":"…"}</c>: erases one person's data; with <c>?dryRun=true</c> only says how much there is. The
/// address is in the body, because addresses of requests end up in logs.
/// </summary>
internal sealed class EraseEndpoint(IActionStore store, TimeProvider time)
{
    public const int LongestAddress = 254;

    public async Task PostAsync(HttpContext context)
    {
        var (address, fault) = await ActionBody.TextAsync(context.Request, "email");
        if (fault is not null)
        {
            await fault.WriteAsync(context);
            return;
        }

        address = address is null ? null : EmailText.Clean(address);
        if (address is null || !IsAddress(address))
        {
            await new Problem(
                StatusCodes.Status400BadRequest,
                "Whose data?",
                "Send the person's address as JSON: {\"email\":\"someone@example.com\"}.",
                [new Violation("/email", "is missing or no e-mail address")]).WriteAsync(context);
            return;
        }

        var faults = ActionQuery.Unknown(context.Request, ActionQuery.DryRun, ActionSteps.Next);
        var countOnly = ActionQuery.IsDryRun(context.Request, faults);
        var after = new QueryReader(context.Request.Query, faults).Value(ActionSteps.Next, RunListRequest.ParseNext, RunListRequest.NoNext);
        if (faults.Count > 0)
        {
            await RunListRequest.Problem(faults).WriteAsync(context);
            return;
        }

        var erased = await ActionSteps.EraseAsync(store, address, countOnly, after, context.CallerName(), time);
        await RunEndpoints.AnswerAsync(context, StatusCodes.Status200OK, erased.Next, ("leads", erased.Leads), ("refused", erased.Refused));
    }

    // Lenient: leads hold what customers typed. But never so short that it is in every lead.
    public static bool IsAddress(string text) =>
        text.Length is >= 3 and <= LongestAddress
        && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
        && at < text.Length - 1
        && !text.Any(char.IsWhiteSpace);
}
