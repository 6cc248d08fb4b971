using System.Globalization;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>Everything that happened to a lead, and what is due, in time order.</summary>
internal static class Timeline
{
    private const int ShortError = 140;

    public static IEnumerable<Html> Of(Run run) =>
        Received(run)
            .Concat(run.RepeatedAt.Select(at => new Entry(at, "repeat", Html.Of($"Came again: the same lead, so nothing was done"))))
            .Concat(run.Acts.Select(Act))
            .Concat(run.Deliveries.SelectMany(Attempts))
            .Concat(run.Deliveries.SelectMany(Due))
            .OrderBy(entry => entry.At)
            .Select(entry => Html.Of($"""<li class="{entry.Class}">{Shown.Time(entry.At)} <div>{entry.What}</div></li>"""));

    private static IEnumerable<Entry> Received(Run run) =>
        [new(run.Lead.ReceivedAt, "received", Html.Of($"Received from {run.Lead.Source}{Html.When(run.Lead.Event is not null, () => Html.Of($" ({Shown.Text(run.Lead.Event)})"))}"))];

    private static IEnumerable<Entry> Attempts(RunDelivery delivery) => delivery.Attempts.Select((attempt, index) => new Entry(
        attempt.StartedAt,
        attempt.Outcome == "delivered" ? "delivered" : attempt.Outcome == "rejected" ? "dead_letter" : "failed",
        Html.Of(
            $"""
            <strong>{delivery.Destination}</strong>: attempt {index + 1}, {Word(attempt.Outcome)}
            <span class="minor">{Answer(attempt)}</span>{Html.When(attempt.Error is not null, () => Error($"e-{delivery.Destination}-{index + 1}", attempt.Error!))}
            """)));

    private static Html Error(string id, string error) => error.Length <= ShortError
        ? Html.Of($"""<span class="error">{Shown.Text(error)}</span>""")
        : Html.Of($"""<details class="error" id="{id}"><summary>{Shown.Text(error[..ShortError])}…</summary>{Shown.Text(error)}</details>""");

    private static IEnumerable<Entry> Due(RunDelivery delivery) => delivery.State is { Status: DeliveryStatus.Pending, DueAt: { } due }
        ? [new(due, "due", Html.Of($"<strong>{delivery.Destination}</strong>: the next attempt is due"))]
        : [];

    private static Entry Act(RunAct act) => new(act.At, "act", Html.Of(
        $"""
        {char.ToUpper(act.Kind[0], CultureInfo.InvariantCulture) + act.Kind[1..]}{Html.When(act.Destination is not null, () => Html.Of($" for <strong>{act.Destination}</strong>"))} <span class="minor">by key <bdi>{act.By}</bdi></span>{Html.When(act.Note is not null, () => Html.Of($"""<span class="note">{Shown.Text(act.Note)}</span>"""))}
        """));

    private static string Word(string outcome) => outcome switch
    {
        "delivered" => "delivered",
        "retry" => "failed, to be tried again",
        "rejected" => "refused for good",
        "unanswered" => "no answer; it may have arrived",
        "interrupted" => "interrupted",
        _ => outcome,
    };

    private static string Answer(DeliveryAttempt attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Shown.Duration(attempt.Duration)}{(attempt.HttpStatus is { } status ? $", HTTP {status}" : "")}");

    private sealed record Entry(DateTimeOffset At, string Class, Html What);
}
