using System.Globalization;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

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

    public static Html Of(IReadOnlyList<DaySummary> days)
    {
        var most = days.Max(Total);
        return Html.Of(
            $"""
            <h2 id="days-title">Received per day</h2>
            <p class="legend" aria-hidden="true">{Layers.Select(layer => Html.Of($"""<span class="{layer.Word}">{StateWords.Of(layer.Word).Label}</span>"""))}</p>
            <svg viewBox="0 0 {days.Count * DayWidth} {Height}" preserveAspectRatio="none" role="img" aria-label="{Description(days, most)}">
            <defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="8" height="8"/><rect class="line" width="3" height="8"/></pattern></defs>
            <line class="base" x1="0" x2="{days.Count * DayWidth}" y1="{Height}" y2="{Height}"/>
            {days.Select((day, index) => Bar(day, index, most))}
            </svg>
            <p class="axis" aria-hidden="true"><span>{Label(days[0].Day)}</span><span>most on one day: {Shown.Count(most)}</span><span>{Label(days[^1].Day)} (UTC)</span></p>
            <details id="days-table"><summary>As a table</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Received per day, as a table"><table class="numbers">
            <thead><tr><th scope="col">Day (UTC)</th>{Layers.Select(layer => Html.Of($"""<th scope="col">{StateWords.Of(layer.Word).Label}</th>"""))}</tr></thead>
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
            parts.Add(Html.Of($"""<rect class="{word}" x="{(index * DayWidth) + ((DayWidth - BarWidth) / 2)}" y="{Number(from)}" width="{BarWidth}" height="{Number(height)}"/>"""));
        }

        return Html.When(parts.Count > 0, () => Html.Of($"""<g><title>{Label(day.Day)}: {Words(day)}</title>{parts}</g>"""));
    }

    private static Html Row(DaySummary day) => Html.Of(
        $"""<tr><th scope="row"><a href="{$"/api/runs?from={Iso(day.Day)}&to={Iso(day.Day.AddDays(1))}"}">{Iso(day.Day)}</a></th>{Layers.Select(layer => Html.Of($"<td>{Shown.Count(layer.Count(day))}</td>"))}</tr>""");

    private static string Description(IReadOnlyList<DaySummary> days, int most) =>
        $"Bars for the last {days.Count} days: {Shown.Count(days.Sum(Total))} received, at most {Shown.Count(most)} on one day, {Shown.Count(days.Sum(day => day.DeadLetter), "dead letter", "dead letters")}. The table below has the numbers.";

    private static string Words(DaySummary day) =>
        string.Join(", ", Layers.Where(layer => layer.Count(day) > 0).Select(layer => $"{Shown.Count(layer.Count(day))} {StateWords.Of(layer.Word).Label.ToLowerInvariant()}"));

    private static int Total(DaySummary day) => Layers.Sum(layer => layer.Count(day));

    private static string Label(DateOnly day) => day.ToString("d MMM", CultureInfo.InvariantCulture);

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
