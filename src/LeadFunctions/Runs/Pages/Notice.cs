using System.Globalization;

namespace LeadFunctions.Runs.Pages;

/// <summary>
/// What an act came to, said on the page that follows it. The address carries one of these words and a number, never a text: nobody can make
/// the page say something by a link.
/// </summary>
internal static class Notice
{
    private const string Parameter = "done";

    public static string Address(string path, string word, int count) =>
        $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Parameter}={word}-{count.ToString(CultureInfo.InvariantCulture)}";

    public static Html Of(IQueryCollection query)
    {
        var parts = query[Parameter].ToString().Split('-');
        return parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && Text(parts[0], count) is { } text
            ? Html.Of($"""<p class="notice" id="notice" role="status">{text}</p>""")
            : Html.Nothing;
    }

    private static string? Text(string word, int count) => (word, count) switch
    {
        ("resubmitted", 0) => "Nothing was resubmitted: there is nothing that waits or was given up on.",
        ("resubmitted", _) => $"Resubmitted: {Shown.Count(count, "delivery is", "deliveries are")} being tried again.",
        ("discarded", 0) => "Nothing was discarded: it is no dead letter any more.",
        ("discarded", _) => $"Discarded: {Shown.Count(count, "dead letter", "dead letters")}.",
        ("replayed", 0) => "Replayed: it is a lead now. No destination takes it.",
        ("replayed", _) => "Replayed: it is a lead now and is being delivered.",
        ("repeated", _) => "Replayed: the body repeats this lead, which was taken before. Nothing was sent again.",
        ("signedout", _) => "Signed out.",
        _ => null,
    };
}
