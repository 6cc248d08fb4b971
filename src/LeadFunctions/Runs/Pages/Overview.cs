using System.Globalization;
using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>How many there are of each state, each a link to them.</summary>
internal static class StateCounts
{
    public static Html Render(FilterQuery query, RunSummary summary)
    {
        var leads = summary.Counts.Where(count => count.Key != RunState.Repeated).Sum(count => count.Value);
        return Html.All([
            Tile(query, "", "All leads", "", leads),
            .. StateLabel.ForRuns.Select(state => Tile(query, state.Word, state.Label, state.Sign, CountOf(state.Word, summary))),
            Since(summary),
        ]);
    }

    private static Html Since(RunSummary summary) =>
        Html.When(summary.CountedAt is not null, $"""<p class="minor">Counted at {Format.Time(summary.CountedAt!.Value)}</p>""");

    private static int CountOf(string word, RunSummary summary) =>
        word == "refused" ? summary.Refused : RunListRequest.ParseState(word) is { } state ? summary.Counts.GetValueOrDefault(state) : 0;

    private static Html Tile(FilterQuery query, string word, string label, string sign, int count)
    {
        var here = query["status"] == word && query.Filters.All(filter => filter.Name == "status");
        return Html.Create(
            $"""
            <a class="count {(word.Length > 0 ? word : "all")}{(count == 0 ? " none" : "")}"
            href="{(word.Length > 0 ? $"/api/runs?status={word}" : "/api/runs")}"{Html.When(here, $""" aria-current="page" """)}><span
            class="number">{Format.Count(count)}</span>
            <span class="label"><span class="sign" aria-hidden="true">{sign}</span>{label}</span></a>
            """);
    }
}

/// <summary>Leads per day by state as bars, and the same numbers as a table.</summary>
internal static class DayChart
{
    private const int Height = 96;
    private const int DayWidth = 40;
    private const int BarWidth = 32;

    private static readonly (string Word, Func<DaySummary, int> Count)[] Layers =
    [
        ("delivered", day => day.Delivered),
        ("in_progress", day => day.InProgress),
        ("no_destination", day => day.NoDestination),
        ("refused", day => day.Refused),
        ("dead_letter", day => day.DeadLetter),
    ];

    public static Html Render(IReadOnlyList<DaySummary> days)
    {
        var most = days.Max(Total);
        return Html.Create(
            $"""
            <h2 id="days-title">Received per day</h2>
            <p class="legend" aria-hidden="true">{Layers.Select(layer =>
                Html.Create($"""<span class="{layer.Word}">{StateLabel.For(layer.Word).Label}</span>"""))}</p>
            <svg viewBox="0 0 {days.Count * DayWidth} {Height}" preserveAspectRatio="none" role="img"
            aria-label="{Description(days, most)}">
            <defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground"
            width="8" height="8"/><rect class="line" width="3" height="8"/></pattern></defs>
            <line class="base" x1="0" x2="{days.Count * DayWidth}" y1="{Height}" y2="{Height}"/>
            {days.Select((day, index) => Bar(day, index, most))}
            </svg>
            <p class="axis" aria-hidden="true"><span>{Label(days[0].Day)}</span><span>most on one day:
            {Format.Count(most)}</span><span>{Label(days[^1].Day)} (UTC)</span></p>
            <details id="days-table"><summary>As a table</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Received per day, as a table"><table class="numbers">
            <thead><tr><th scope="col">Day (UTC)</th>{Layers.Select(layer =>
                Html.Create($"""<th scope="col">{StateLabel.For(layer.Word).Label}</th>"""))}</tr></thead>
            <tbody>{days.Reverse().Select(Row)}</tbody></table></div></details>
            """);
    }

    private static Html Bar(DaySummary day, int index, int most)
    {
        var parts = new List<Html>();
        var from = (double)Height;
        foreach (var (word, count) in Layers.Select(layer => (layer.Word, layer.Count(day))).Where(layer => layer.Item2 > 0))
        {
            // A single lead among thousands is still to be seen.
            var height = Math.Max(2, count * (Height - 8.0) / most);
            from -= height;
            var left = (index * DayWidth) + ((DayWidth - BarWidth) / 2);
            parts.Add(Html.Create(
                $"""<rect class="{word}" x="{left}" y="{Number(from)}" width="{BarWidth}" height="{Number(height)}"/>"""));
        }

        return Html.When(parts.Count > 0, $"""<g><title>{Label(day.Day)}: {Words(day)}</title>{parts}</g>""");
    }

    private static Html Row(DaySummary day) => Html.Create(
        $"""
        <tr><th scope="row"><a href="{$"/api/runs?from={Iso(day.Day)}&to={Iso(day.Day.AddDays(1))}"}">{Iso(day.Day)}</a></th>
        {Layers.Select(layer => Html.Create($"<td>{Format.Count(layer.Count(day))}</td>"))}</tr>
        """);

    private static string Description(IReadOnlyList<DaySummary> days, int most) =>
        $"Bars for the last {days.Count} days: {Format.Count(days.Sum(Total))} received, at most {Format.Count(most)} on one day, "
        + $"{Format.Count(days.Sum(day => day.DeadLetter), "dead letter", "dead letters")}. The table below has the numbers.";

    private static string Words(DaySummary day) =>
        string.Join(
            ", ",
            Layers
                .Where(layer => layer.Count(day) > 0)
                .Select(layer => $"{Format.Count(layer.Count(day))} {StateLabel.For(layer.Word).Label.ToLowerInvariant()}"));

    private static int Total(DaySummary day) => Layers.Sum(layer => layer.Count(day));

    private static string Label(DateOnly day) => day.ToString("d MMM", CultureInfo.InvariantCulture);

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}

/// <summary>Which destinations are failing now, and how long deliveries take.</summary>
internal static class DeliveryTimes
{
    /// <summary>Above the list; empty, and there for the script all the same, while nothing fails.</summary>
    public static Html Banner(IReadOnlyList<(string Destination, DestinationTrouble Trouble)> failing) => Html.Create(
        $"""
        <div id="failing" data-part>{failing.Select(one => Html.Create(
            $"""
            <div class="notice problem" role="status">
            <p><strong>{one.Destination} has been failing since {Format.Time(one.Trouble.Since)}.</strong>
            The last error: {Format.Text(one.Trouble.Error)}</p>
            <p>{Html.When(one.Trouble.NextTry is not null, $"Next try: {Format.Time(one.Trouble.NextTry!.Value)}. ")}
            Nothing is lost: what waits is tried again by itself.
            <a href="{$"/api/runs?status=in_progress&destination={Uri.EscapeDataString(one.Destination)}"}">What waits</a></p></div>
            """))}</div>
        """);

    /// <summary>Of the leads shown: how long after it came each arrived.</summary>
    public static Html Times(IReadOnlyList<Run> runs)
    {
        var times = runs
            .SelectMany(run => run.Deliveries.Select(delivery => (delivery.Destination, Time: TimeToArrival(run, delivery))))
            .Where(one => one.Time is not null)
            .GroupBy(one => one.Destination, one => one.Time!.Value, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (Destination: group.Key, Times: group.Order().ToArray()))
            .ToArray();
        return Html.When(
            times.Length > 0,
            $"""
            <p class="minor" id="times" data-part>Of the leads shown:
            {times.Select((one, index) => Times(index, one.Destination, one.Times))}.</p>
            """);
    }

    /// <param name="times">The shortest first.</param>
    private static Html Times(int index, string destination, TimeSpan[] times) => Html.Create(
        $"{(index > 0 ? "; " : "")}{Format.Count(times.Length)} arrived at <strong>{destination}</strong>, "
        + $"half within {Format.LongDuration(times[(times.Length - 1) / 2])}, the slowest after {Format.LongDuration(times[^1])}");

    /// <summary>From the lead's arrival here to its arrival there; null while it has not arrived.</summary>
    public static TimeSpan? TimeToArrival(Run run, RunDelivery delivery) =>
        delivery.State.Status == DeliveryStatus.Delivered
        && delivery.Attempts.LastOrDefault(attempt => attempt.Outcome == "delivered") is { } arrived
            ? arrived.StartedAt + arrived.Duration - run.Lead.ReceivedAt is var taken && taken > TimeSpan.Zero
                ? taken
                : TimeSpan.Zero
            : null;
}
