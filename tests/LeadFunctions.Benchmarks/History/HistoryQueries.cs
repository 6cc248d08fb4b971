using System.Globalization;

namespace LeadFunctions.Benchmarks.History;

/// <summary>What is asked of the run history, as paths below the server's address.</summary>
internal static class HistoryQueries
{
    private const string List = "/api/runs?take=50";

    /// <param name="middle">The time and the id of a lead in the middle of the store.</param>
    public static IReadOnlyList<(string Name, string Path)> All((DateTimeOffset At, string Id) middle)
    {
        var at = Uri.EscapeDataString(middle.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        return
        [
            ("the first page", List),
            ("a page from the middle", $"{List}&next={middle.Id}"),
            ("500 at once", "/api/runs?take=500"),
            ("one run", $"/api/runs/{middle.Id}"),
            .. Filters("delivered", "in_progress", "dead_letter", "no_destination", "duplicate", "refused").Select(status => ($"status={status}", $"{List}&status={status}")),
            .. Filters("delivered", "in_progress", "dead_letter", "duplicate", "refused").Select(status => ($"status={status}, from the middle", $"{List}&status={status}&next={middle.Id}")),
            ("a destination of nearly all", $"{List}&destination=crm"),
            ("a destination of 1 in 25,000", $"{List}&destination=partner"),
            ("a destination of none", $"{List}&destination=nowhere"),
            ("a destination's dead letters", $"{List}&destination=crm&status=dead_letter"),
            ("a source of nearly all", $"{List}&source=marketplace"),
            ("a source of 1 in 25,000", $"{List}&source=bookings"),
            ("a source of none", $"{List}&source=none"),
            ("from the middle on", $"{List}&from={at}"),
            ("before the middle", $"{List}&to={at}"),
            ("test leads", $"{List}&test=true"),
            ("all but test leads", $"{List}&test=false"),
            Text("that many have", "contoso"),
            Text("that 4 in 1,000,000 have", HistoryLead.RareCompany.ToUpperInvariant()),
            Text("that 4 in 1,000,000 have, not in English", HistoryLead.RareName.ToLowerInvariant()),
            Text("that none has", "no such text"),
            Text("made of frequent parts that none has", "anna smithson"),
            Text("a first and a last name", "zoë müller"),
            Text("the beginning of an address", "jürgen.4711"),
            Text("a part of an address", "@contosoforge.example"),
            Text("of 1 letter", "a"),
            Text("of 1 letter that none has", "|"),
            Text("of 2 letters", "an"),
            Text("of 2 letters that few have", "æg"),
            Text("of 2 letters that none has", "qq"),
            ("a text, dead letters", $"{List}&text=contoso&status=dead_letter"),
            ("a letter, waiting", $"{List}&text=a&status=in_progress"),
            ("a text that none has, dead letters", $"{List}&text=no+such+text&status=dead_letter"),
            ("a text, a source of 1 in 25,000", $"{List}&text=contoso&source=bookings"),
            ("a text, refused", $"{List}&text=contoso&status=refused"),
            ("a text that none has, refused", $"{List}&text=no+such+text&status=refused"),
        ];
    }

    private static string[] Filters(params string[] names) => names;

    private static (string Name, string Path) Text(string kind, string text) => ($"a text {kind}", $"{List}&text={Uri.EscapeDataString(text)}");
}
