using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Runs.Pages;

/// <summary>What a lead says, each value with its path, after what the program knows of it.</summary>
internal static class LeadFields
{
    private const int MostFields = 300;
    private const int MostLetters = 100_000;
    private const int LongestPath = 300;

    public static IEnumerable<Html> Of(Lead lead) => Known(lead).Concat(Said(lead));

    /// <summary>No more than anybody reads, and what is left out is said: the lead as JSON has it all.</summary>
    private static IEnumerable<Html> Said(Lead lead)
    {
        var (fields, letters, leftOut) = (0, 0, 0);
        foreach (var (path, value) in Values("", lead.Content.Root, isOwn: lead.Source == Sources.Bookings, IsFull))
        {
            if (IsFull())
            {
                leftOut++;
                continue;
            }

            fields++;
            var (shownPath, shown) = (Beginning(path, LongestPath), Beginning(value, MostLetters - letters));
            letters += shownPath.Length + shown.Length;
            yield return Field(shownPath, Shown.Text(shown));
        }

        if (leftOut > 0 || letters >= MostLetters)
        {
            var more = Shown.Count(leftOut, "more value", "more values");
            yield return Field("Left out", Html.Of($"{more}, and what stands behind a “…”: the whole lead is in the run as JSON"));
        }

        bool IsFull() => fields >= MostFields || letters >= MostLetters;
    }

    private static string Beginning(string text, int most) =>
        text.Length > most ? text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…" : text;

    private static string Path(string owner, string step) => Beginning(owner, LongestPath) + step;

    private static IEnumerable<Html> Known(Lead lead)
    {
        yield return Field("Id", Html.Of($"<code>{lead.Id.ToString()}</code>"));
        yield return Field("Received", Shown.Time(lead.ReceivedAt));
        yield return Field("Source", Html.Of($"{lead.Source}{(lead.Event is null ? "" : $", {lead.Event}")}"));
        if (lead.Facts.OfferId is { } offer)
        {
            yield return Field("Offer", Shown.Text(offer));
        }
    }

    // A long path may be broken at its dots.
    private static Html Field(string path, Html value) =>
        Html.Of($"<div><dt><bdi>{path.Split('.').Select((step, index) => Html.Of($"{(index > 0 ? "." : "")}{Html.When(index > 0, () => Html.Of($"<wbr>"))}{VisibleText.Of(step)}"))}</bdi></dt><dd>{value}</dd></div>");

    /// <param name="isOwn">Of an appointment the program's own note is no value of the lead.</param>
    /// <param name="isFull">From then on nobody needs the paths and texts.</param>
    private static IEnumerable<(string Path, string Value)> Values(string path, JsonElement element, bool isOwn, Func<bool> isFull) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Where(property => !isOwn || property.Name != LeadContent.FromOtherEvents)
            .SelectMany(property =>
                Values(isFull() ? "" : path.Length == 0 ? property.Name : Path(path, $".{property.Name}"), property.Value, isOwn: false, isFull)),
        JsonValueKind.Array => element.EnumerateArray()
            .SelectMany((item, index) => Values(isFull() ? "" : Path(path, $"[{index}]"), item, isOwn: false, isFull)),
        _ when isFull() => [("", "")],
        JsonValueKind.String => [(path, element.GetString()!)],
        _ => [(path, element.GetRawText())],
    };
}
