using LeadFunctions.Destinations;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>What people do to one lead: try again, or give up for good.</summary>
internal sealed class RunActions(IActionStore store, TimeProvider time, IReadOnlyList<ConfiguredDestination> destinations)
{
    /// <summary>In characters (UTF-16, as browsers count them).</summary>
    public const int LongestReason = 1_000;

    /// <summary>
    /// <c>POST /api/runs/{leadId}/resubmit</c>; <c>?destination=</c> for one delivery, then <c>&amp;delivered=true</c> sends it again even
    /// though it has arrived.
    /// </summary>
    public async Task ResubmitAsync(HttpContext context)
    {
        var destination = Destination(context);
        var faults = ActionQuery.Unknown(context.Request, "destination", "delivered");
        var evenDelivered = ActionQuery.Flag(context.Request, "delivered", faults);
        if (faults.Count > 0)
        {
            await RunListRequest.Problem(faults).WriteAsync(context);
            return;
        }

        if (evenDelivered && destination is null)
        {
            await new Problem(
                StatusCodes.Status400BadRequest,
                "Which delivery?",
                "delivered=true sends again what has arrived, so it goes with one destination: add destination=NAME.").WriteAsync(context);
            return;
        }

        var count = RunEndpoints.ReadLeadId(context) is { } id
            ? await store.ResubmitAsync(id, destination, evenDelivered, context.CallerName(), time.GetUtcNow())
            : null;
        await AnswerAsync(context, count, destination, StatusCodes.Status202Accepted, "resubmitted");
    }

    /// <summary>
    /// <c>POST /api/runs/{leadId}/discard</c>, <c>{"reason":"…"}</c>: its dead letters (<c>?destination=</c>: that one) are over.
    /// </summary>
    public async Task DiscardAsync(HttpContext context)
    {
        if (ActionQuery.Unknown(context.Request, "destination") is { Count: > 0 } faults)
        {
            await RunListRequest.Problem(faults).WriteAsync(context);
            return;
        }

        var (reason, unreadable) = await ActionBody.TextAsync(context.Request, "reason");
        if ((unreadable ?? CheckReason(reason)) is { } fault)
        {
            await fault.WriteAsync(context);
            return;
        }

        var destination = Destination(context);
        var count = RunEndpoints.ReadLeadId(context) is { } id
            ? await store.DiscardAsync(id, destination, reason!, context.CallerName(), time.GetUtcNow())
            : null;
        await AnswerAsync(context, count, destination, StatusCodes.Status200OK, "discarded");
    }

    /// <summary>What is wrong with a reason to discard; null: nothing.</summary>
    public static Problem? CheckReason(string? reason) =>
        reason switch
        {
            null => new Problem(
                StatusCodes.Status400BadRequest,
                "Why?",
                "Whoever reads the run later needs to know: send {\"reason\":\"…\"} as JSON.",
                [new Violation("/reason", "is missing")]),
            { Length: > LongestReason } => new Problem(
                StatusCodes.Status400BadRequest,
                "The reason is too long",
                "It is kept with the run. Say it shorter; nothing was done.",
                [new Violation("/reason", $"has {reason.Length} characters; at most {LongestReason} are taken")]),
            _ => null,
        };

    private Task AnswerAsync(HttpContext context, int? count, string? destination, int status, string what) =>
        count switch
        {
            null => RunEndpoints.NoSuchLead.WriteAsync(context),
            0 when destination is not null && destinations.All(known => known.Name != destination) => new Problem(
                StatusCodes.Status404NotFound,
                "No such destination",
                "This lead has no delivery to a destination of this name. Configured: "
                + $"{string.Join(", ", destinations.Select(known => known.Name))}."
            ).WriteAsync(context),
            { } done => RunEndpoints.AnswerAsync(context, status, (what, done)),
        };

    private static string? Destination(HttpContext context) => context.Request.Query["destination"] is [{ Length: > 0 } name] ? name : null;
}
