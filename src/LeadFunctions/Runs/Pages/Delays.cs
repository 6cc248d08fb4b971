using System.Globalization;
using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>Which destinations are failing now, and how long deliveries take.</summary>
internal static class Delays
{
    /// <summary>Above the list; empty, and there for the script all the same, while nothing fails.</summary>
    public static Html Banner(IReadOnlyList<(string Destination, DestinationTrouble Trouble)> failing) => Html.Of(
        $"""
        <div id="failing" data-part>{failing.Select(one => Html.Of(
            $"""
            <div class="notice problem" role="status"><p><strong>{one.Destination} has been failing since {Shown.Time(one.Trouble.Since)}.</strong>
            The last error: {Shown.Text(one.Trouble.Error)}</p>
            <p>{Html.When(one.Trouble.NextTry is not null, () => Html.Of($"Next try: {Shown.Time(one.Trouble.NextTry!.Value)}. "))}Nothing is lost: what waits is tried again by itself. <a href="{$"/api/runs?status=in_progress&destination={Uri.EscapeDataString(one.Destination)}"}">What waits</a></p></div>
            """))}</div>
        """);

    /// <summary>Of the leads shown: how long after it came each arrived.</summary>
    public static Html Times(IReadOnlyList<Run> runs)
    {
        var times = runs
            .SelectMany(run => run.Deliveries.Select(delivery => (delivery.Destination, Time: Taken(run, delivery))))
            .Where(one => one.Time is not null)
            .GroupBy(one => one.Destination, one => one.Time!.Value, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (Destination: group.Key, Times: group.Order().ToArray()))
            .ToArray();
        return Html.When(times.Length > 0, () => Html.Of(
            $"""
            <p class="minor" id="times" data-part>Of the leads shown: {times.Select((one, index) => Html.Of(
                $"""{(index > 0 ? "; " : "")}{Shown.Count(one.Times.Length)} arrived at <strong>{one.Destination}</strong>, half within {Long(one.Times[(one.Times.Length - 1) / 2])}, the slowest after {Long(one.Times[^1])}"""))}.</p>
            """));
    }

    /// <summary>From the lead's arrival here to its arrival there; null while it has not arrived.</summary>
    public static TimeSpan? Taken(Run run, RunDelivery delivery) =>
        delivery.State.Status == DeliveryStatus.Delivered && delivery.Attempts.LastOrDefault(attempt => attempt.Outcome == "delivered") is { } arrived
            ? arrived.StartedAt + arrived.Duration - run.Lead.ReceivedAt is var taken && taken > TimeSpan.Zero ? taken : TimeSpan.Zero
            : null;

    public static string Long(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => Shown.Duration(time),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days"),
    };
}
