using System.Diagnostics;
using LeadFunctions.Leads;

namespace LeadFunctions.Telemetry;

/// <summary>
/// The program's activity source: one trace for each lead, from the post through the store to every attempt, however much later that is.
/// The lead keeps the context of its acceptance (<see cref="Lead.Trace"/>); an attempt belongs to it and is linked with what woke it. Spans
/// hold ids, names of destinations, outcomes and times, never what a lead says. Without a listener there are no spans, and nothing is kept.
/// </summary>
internal static class LeadTracing
{
    /// <summary>Of the source and of the meter.</summary>
    public const string Name = "LeadFunctions";

    private const string Queue = "lead-deliveries";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>What the store is called in spans (<c>db.system.name</c>).</summary>
    public static string StoreSystem { get; set; } = "sqlite";

    /// <summary>The acceptance of a lead, whose context is kept with it. Null when nobody listens.</summary>
    public static Activity? Accept(Lead lead) => Source.StartActivity("accept lead", ActivityKind.Producer)?
        .SetTag("messaging.system", "leadfunctions")
        .SetTag("messaging.operation.type", "send")
        .SetTag("messaging.operation.name", "accept")
        .SetTag("messaging.destination.name", Queue)
        .SetTag("messaging.message.id", lead.Id.ToString())
        .SetTag("leadfunctions.source", lead.Source);

    /// <summary>What became of it: a repeat is told under the earlier lead's id.</summary>
    public static void Accepted(Activity? accept, LeadId id, bool isRepeat, int deliveries) => accept?
        .SetTag("messaging.message.id", id.ToString())
        .SetTag("leadfunctions.repeat", isRepeat)
        .SetTag("leadfunctions.deliveries", deliveries);

    /// <summary>An attempt at a delivery. Null when nobody listens.</summary>
    /// <param name="number">Counts from 1, since the lead was accepted or resubmitted.</param>
    public static Activity? Attempt(Lead lead, string destination, int number, DateTimeOffset now)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var kept = ActivityContext.TryParse(lead.Trace, null, isRemote: true, out var accepted);
        var links = new List<ActivityLink>();
        if (kept)
        {
            links.Add(new ActivityLink(accepted));
        }

        // What woke the delivery (a function's invocation) has a trace of its own.
        if (Activity.Current is { } ambient && ambient.TraceId != accepted.TraceId)
        {
            links.Add(new ActivityLink(ambient.Context));
        }

        return Source.StartActivity($"deliver {destination}", ActivityKind.Consumer, accepted, links: links)?
            .SetTag("messaging.system", "leadfunctions")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.operation.name", "deliver")
            .SetTag("messaging.destination.name", Queue)
            .SetTag("messaging.message.id", lead.Id.ToString())
            .SetTag("leadfunctions.source", lead.Source)
            .SetTag("leadfunctions.destination", destination)
            .SetTag("leadfunctions.attempt", number)
            .SetTag("leadfunctions.lead.age", Math.Round((now - lead.ReceivedAt).TotalSeconds, 3));
    }

    /// <summary>
    /// What came of an attempt. The reason stays in the run: it is in the remote system's words, which may quote the lead.
    /// </summary>
    public static void Attempted(Activity? attempt, DeliveryAttempt result, DeliveryState state)
    {
        if (attempt is null)
        {
            return;
        }

        attempt.SetTag("leadfunctions.outcome", result.Outcome).SetTag("leadfunctions.delivery.status", StatusText.Of(state.Status));
        if (result.HttpStatus is { } status)
        {
            attempt.SetTag("http.response.status_code", status);
        }

        if (state.DueAt is { } due)
        {
            attempt.SetTag("leadfunctions.next_attempt", due.UtcDateTime.ToString("O"));
        }

        if (state.Status != DeliveryStatus.Delivered)
        {
            attempt.SetTag("error.type", result.Outcome).SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>A write of the store.</summary>
    public static Activity? Write(string operation) => Source.StartActivity($"store {operation}", ActivityKind.Client)?
        .SetTag("db.system.name", StoreSystem)
        .SetTag("db.operation.name", operation);

    /// <summary>The name and route of a request that goes past the table of routes.</summary>
    public static void Route(string route)
    {
        if (Activity.Current is { Kind: ActivityKind.Server } request)
        {
            request.DisplayName = $"POST {route}";
            request.SetTag("http.route", route);
        }
    }
}
