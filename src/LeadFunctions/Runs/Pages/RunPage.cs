using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>
/// One lead: where its deliveries stand and what can be done, what it says, and everything that happened to it in time order.
/// </summary>
internal static class RunPage
{
    public static string Title(Run run) => VisibleText.Escape(Format.Name(run.Lead));

    public static Html Render(Run run, IReadOnlyDictionary<string, string> kinds, Func<RunDelivery, string?> preview, Session? session)
    {
        var undelivered = run.Deliveries.Count(delivery => delivery.State.Status is DeliveryStatus.DeadLetter or DeliveryStatus.Pending);
        return Html.Create(
            $"""
            <nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a></nav>
            <div class="heading" id="heading" data-part><h1>{Format.Text(Format.Name(run.Lead))}</h1>
            {StateLabel.For(RunStatus.For(run)).Badge}{Format.Marks(run.Lead)}
            <p class="minor">{Format.Beginning(run.Lead.Content.Text("UserDetails", "Company"))}</p></div>
            <section id="deliveries" aria-labelledby="deliveries-title" data-part><div class="bar"><h2 id="deliveries-title">Deliveries</h2>
            {Html.When(session is not null && undelivered > 1, () => ResubmitAll(run, undelivered, session!))}</div>
            {Html.When(
                run.Deliveries.Count == 0,
                $"""
                <p class="empty">No destination takes this lead: see <code>Sources</code>, <code>Events</code> and <code>When</code> of the
                destinations. It is kept.</p>
                """)}
            <div class="cards">{run.Deliveries.Select(delivery =>
                DeliveryCard.Render(run, delivery, kinds.GetValueOrDefault(delivery.Destination), preview(delivery), session))}</div>
            </section>
            <div class="columns">
            <section id="happened" aria-labelledby="happened-title" data-part><h2 id="happened-title">What happened</h2>
            <ol class="timeline">{Timeline.Render(run)}</ol></section>
            <section aria-labelledby="lead-title"><h2 id="lead-title">The lead</h2>
            <dl class="fields">{LeadFields.Render(run.Lead)}</dl></section>
            </div>
            """);
    }

    private static Html ResubmitAll(Run run, int undelivered, Session session) => Html.Create(
        $"""
        <form method="post" action="/api/runs/acts/resubmit">{FormToken.Field(session)}{Format.Hidden("lead", run.Lead.Id.ToString())}
        <button>Resubmit all undelivered ({undelivered})</button></form>
        """);
}

/// <summary>What a lead says, each value with its path, after what the program knows of it.</summary>
internal static class LeadFields
{
    private const int MostFields = 300;
    private const int MostLetters = 64_000;
    private const int LongestPath = 300;

    public static IEnumerable<Html> Render(Lead lead) => Known(lead).Concat(new Values().Render(lead));

    private static string Beginning(string text, int most) =>
        text.Length > most ? text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…" : text;

    private static IEnumerable<Html> Known(Lead lead)
    {
        yield return Field("Id", Html.Create($"<code>{lead.Id.ToString()}</code>"));
        yield return Field("Received", Format.Time(lead.ReceivedAt));
        yield return Field("Source", Html.Create($"{lead.Source}{(lead.Event is null ? "" : $", {lead.Event}")}"));
        if (lead.Facts.OfferId is { } offer)
        {
            yield return Field("Offer", Format.Beginning(offer));
        }
    }

    // A long path may be broken at its dots.
    private static Html Field(string path, Html value) =>
        Html.Create($"<div><dt><bdi>{path.Split('.').Select(Step)}</bdi></dt><dd>{value}</dd></div>");

    private static Html Step(string step, int index) => Html.Create($"{Html.When(index > 0, $".<wbr>")}{VisibleText.Escape(step)}");

    /// <summary>No more than anybody reads, and what is left out is said: the lead as JSON has it all.</summary>
    private sealed class Values
    {
        private readonly List<Html> _fields = [];
        private int _letters;
        private int _leftOut;

        private bool IsFull => _fields.Count >= MostFields || _letters >= MostLetters;

        public List<Html> Render(Lead lead)
        {
            foreach (var property in lead.Content.Root.EnumerateObject())
            {
                Add(IsFull ? "" : property.Name, property.Value);
            }

            if (_leftOut > 0 || _letters >= MostLetters)
            {
                var more = Format.Count(_leftOut, "more value", "more values");
                _fields.Add(Field("Left out", Html.Create($"{more}, and what stands behind a “…”: the whole lead is in the run as JSON")));
            }

            return _fields;
        }

        /// <summary>From when on it is full, nobody needs the paths and texts.</summary>
        private void Add(string path, JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in value.EnumerateObject())
                {
                    Add(IsFull ? "" : $"{Beginning(path, LongestPath)}.{property.Name}", property.Value);
                }
            }
            else if (value.ValueKind == JsonValueKind.Array)
            {
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Add(IsFull ? "" : string.Create(CultureInfo.InvariantCulture, $"{Beginning(path, LongestPath)}[{index++}]"), item);
                }
            }
            else if (IsFull)
            {
                _leftOut++;
            }
            else
            {
                var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
                var (shownPath, shown) = (Beginning(path, LongestPath), Beginning(text, MostLetters - _letters));
                _letters += shownPath.Length + shown.Length;
                _fields.Add(Field(shownPath, Format.Text(shown)));
            }
        }
    }
}

/// <summary>Everything that happened to a lead, and what is due, in time order.</summary>
internal static class Timeline
{
    private const int ShortError = 140;

    public static IEnumerable<Html> Render(Run run) =>
        Received(run)
            .Concat(run.RepeatedAt.Select(at => new Entry(at, "repeat", Html.Create($"Came again: the same lead, so nothing was done"))))
            .Concat(run.Audit.Select(Audited))
            .Concat(run.Deliveries.SelectMany(Attempts))
            .Concat(run.Deliveries.SelectMany(Due))
            .OrderBy(entry => entry.At)
            .Select(entry => Html.Create($"""<li class="{entry.Class}">{Format.Time(entry.At)} <div>{entry.What}</div></li>"""));

    private static IEnumerable<Entry> Received(Run run) =>
        [
            new(
                run.Lead.ReceivedAt,
                "received",
                Html.Create(
                    $"Received from {run.Lead.Source}{Html.When(run.Lead.Event is not null, $" ({Format.Text(run.Lead.Event)})")}")),
        ];

    private static IEnumerable<Entry> Attempts(RunDelivery delivery) => delivery.Attempts.Select((attempt, index) => new Entry(
        attempt.StartedAt,
        attempt.Outcome == "delivered" ? "delivered" : attempt.Outcome == "rejected" ? "dead_letter" : "failed",
        Html.Create(
            $"""
            <strong>{delivery.Destination}</strong>: attempt {index + 1}, {Word(attempt.Outcome)}
            <span class="minor">{Answer(attempt)}</span>{Html.When(
                attempt.Error is not null,
                () => Error($"e-{delivery.Destination}-{index + 1}", attempt.Error!))}
            """)));

    private static Html Error(string id, string error) => error.Length <= ShortError
        ? Html.Create($"""<span class="error">{Format.Text(error)}</span>""")
        : Html.Create(
            $"""<details class="error" id="{id}"><summary>{Format.Text(error[..ShortError])}…</summary>{Format.Text(error)}</details>""");

    private static IEnumerable<Entry> Due(RunDelivery delivery) => delivery.State is { Status: DeliveryStatus.Pending, DueAt: { } due }
        ? [new(due, "due", Html.Create($"<strong>{delivery.Destination}</strong>: the next attempt is due"))]
        : [];

    private static Entry Audited(AuditEntry done) => new(done.At, "audit", Html.Create(
        $"""
        {char.ToUpper(done.Kind[0], CultureInfo.InvariantCulture) + done.Kind[1..]}{Html.When(
            done.Destination is not null,
            $" for <strong>{done.Destination}</strong>")}
        <span class="minor">by key <bdi>{done.By}</bdi></span>{Html.When(
            done.Note is not null,
            $"""<span class="note">{Format.Text(done.Note)}</span>""")}
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
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Format.Duration(attempt.Duration)}{(attempt.HttpStatus is { } status ? $", HTTP {status}" : "")}");

    private sealed record Entry(DateTimeOffset At, string Class, Html What);
}
