using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>One delivery: where it stands, what was and would be sent, and what a person can do about it.</summary>
internal static class DeliveryCard
{
    /// <param name="kind">Null when the destination is no longer configured.</param>
    /// <param name="preview">What would be sent now; null when there is no such destination any more.</param>
    public static Html Render(Run run, RunDelivery delivery, string? kind, string? preview, Session? session)
    {
        var state = delivery.State;
        var name = delivery.Destination;
        return Html.Create(
            $"""
            <article class="card {StatusText.Of(state.Status)}" id="d-{name}" aria-labelledby="t-{name}">
            <div class="bar"><h3 id="t-{name}">{name}
            <span class="minor">{kind ?? "no longer configured"}</span></h3>{StateLabel.For(state.Status).Badge}</div>
            <p class="minor">{Facts(delivery, DeliveryTimes.TimeToArrival(run, delivery))}</p>
            {Html.When(Next(delivery) is not null, $"""<p>Next attempt: {Format.Time(Next(delivery)!.Value)}</p>""")}
            {Html.When(
                delivery is { After: not null, State: { Status: DeliveryStatus.Pending, DueAt: null } },
                $"<p>Waits until {delivery.After} has been delivered.</p>")}
            {Html.When(
                state.LastError is not null && state.Status != DeliveryStatus.Delivered,
                $"""<p class="error"><strong>Error:</strong> {Format.Text(state.LastError)}</p>""")}
            {Html.When(delivery.Request is not null, () => Request($"sent-{name}", name, "What was sent last", delivery.Request!))}
            {Html.When(
                preview is not null && state.Status != DeliveryStatus.Delivered,
                () => Request($"next-{name}", name, "What would be sent now", preview!))}
            {Html.When(session is not null && kind is not null, () => Actions(run, delivery, session!))}
            {Html.When(session is not null && state.Status == DeliveryStatus.DeadLetter, () => Discard(run, name, session!))}
            </article>
            """);
    }

    private static DateTimeOffset? Next(RunDelivery delivery) =>
        delivery.State.Status == DeliveryStatus.Pending ? delivery.State.DueAt : null;

    private static Html Facts(RunDelivery delivery, TimeSpan? taken) => Html.All(
    [
        Html.Create($"{Attempts(delivery)}"),
        Html.When(taken is not null, $" · arrived {Format.LongDuration(taken!.Value)} after the lead came"),
        Html.When(delivery.After is not null, $" · after {delivery.After}"),
        Html.When(delivery.State.RemoteId is not null, $" · there: <code>{Format.Text(delivery.State.RemoteId)}</code>"),
    ]);

    private static string Attempts(RunDelivery delivery) =>
        delivery.Attempts.Count == 0 ? "Not tried yet" : Format.Count(delivery.Attempts.Count, "attempt", "attempts");

    private static Html Request(string id, string destination, string title, string request) => Html.Create(
        $"""
        <details id="{id}"><summary>{title}</summary>
        <pre tabindex="0" role="region" aria-label="{title}, {destination}">{VisibleText.Escape(IndentedJson.Format(request))}</pre>
        </details>
        """);

    private static Html Actions(Run run, RunDelivery delivery, Session session) => delivery.State.Status switch
    {
        DeliveryStatus.Delivered => Html.Create(
            $"""
            <details id="again-{delivery.Destination}"><summary>Send it again…</summary>
            <form method="post" action="/api/runs/acts/resubmit">{Fields(run, delivery.Destination, session)}
            <p>It has arrived at {delivery.Destination}. A mail would be there twice; a row would be written over.</p>
            <p><label class="check"><input type="checkbox" name="delivered" value="yes" required>
            Send it again although it has arrived</label></p>
            <button>Send again</button></form></details>
            """),
        DeliveryStatus.InFlight => Html.Nothing,
        _ => Html.Create(
            $"""
            <form method="post" action="/api/runs/acts/resubmit">{Fields(run, delivery.Destination, session)}
            <button>{(delivery.State.Status == DeliveryStatus.Pending ? "Try now" : "Resubmit")}
            <span class="unseen">to {delivery.Destination}</span></button></form>
            """),
    };

    private static Html Discard(Run run, string destination, Session session) => Html.Create(
        $"""
        <details id="discard-{destination}"><summary>Discard…</summary>
        <form method="post" action="/api/runs/acts/discard">{Fields(run, destination, session)}
        <p><label for="reason-{destination}">Why it need not arrive at {destination}</label>
        <input id="reason-{destination}" name="reason" required maxlength="{RunActions.LongestReason}"></p>
        <button class="danger">Discard</button></form></details>
        """);

    private static Html Fields(Run run, string destination, Session session) =>
        Html.All([FormToken.Field(session), Format.Hidden("lead", run.Lead.Id.ToString()), Format.Hidden("destination", destination)]);
}
