using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>Small pieces that several pages show alike.</summary>
internal static class Format
{
    private const int MostInCell = 300;

    public static Html Time(DateTimeOffset at) =>
        Html.Create(
            $"""<time datetime="{Iso(at)}">{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC</time>""");

    /// <summary>What a stranger wrote: with its own direction, and nothing in it hidden.</summary>
    public static Html Text(string? text) => text is null ? Html.Nothing : Html.Create($"<bdi>{VisibleText.Escape(text)}</bdi>");

    /// <summary>As much of it as a heading or a cell has room for; the lead's own page has it whole.</summary>
    public static Html Beginning(string? text) => Text(Short(text));

    /// <summary>See <see cref="Beginning"/>.</summary>
    public static string? Short(string? text) => text is not { Length: > MostInCell } ? text
        : text[..(char.IsHighSurrogate(text[MostInCell - 1]) ? MostInCell - 1 : MostInCell)] + "…";

    public static string Duration(TimeSpan duration) => duration.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s");

    public static string LongDuration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => Duration(time),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days"),
    };

    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(int count, string one, string more) => $"{Count(count)} {(count == 1 ? one : more)}";

    public static string Erased(Erasure erasure) =>
        $"{Count(erasure.Leads, "lead", "leads")} and {Count(erasure.Refused, "refused body", "refused bodies")}";

    /// <summary>Whom a lead is from, by what there is of it.</summary>
    public static string Name(Lead lead)
    {
        var content = lead.Content;
        var name = string.Join(
            ' ',
            new[] { content.Text("UserDetails", "FirstName"), content.Text("UserDetails", "LastName") }.OfType<string>());
        var shown = name.Length > 0 ? name : content.Text("UserDetails", "Email") ?? content.Text("UserDetails", "Company");
        return Short(shown) ?? "(no name)";
    }

    public static Html Marks(Lead lead) => Html.Create(
        $"""{Html.When(lead.IsTest, $"""<span class="mark">Test</span>""")}"""
        + $"""{Html.When(lead.DoNotContact, $"""<span class="mark warning">Do not contact</span>""")}""");

    public static Html Hidden(string name, string? value) =>
        Html.When(value is not null, $"""<input type="hidden" name="{name}" value="{value}">""");

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>How the pages say and mark where something stands: never by colour alone.</summary>
/// <param name="Word">As the JSON and the filters have it; also the style's class.</param>
/// <param name="Sign">Stands before the label, unseen by screen readers.</param>
internal sealed record StateLabel(string Word, string Label, string Sign)
{
    public static readonly IReadOnlyList<StateLabel> All =
    [
        new("delivered", "Delivered", "✓"),
        new("in_progress", "In progress", "…"),
        new("dead_letter", "Dead letter", "!"),
        new("no_destination", "No destination", "–"),
        new("refused", "Refused", "×"),
        new("duplicate", "Repeated", "="),
        new("pending", "Pending", "…"),
        new("in_flight", "In flight", "→"),
        new("discarded", "Discarded", "–"),
    ];

    /// <summary>What a list can be filtered by.</summary>
    public static IEnumerable<StateLabel> ForRuns => All.Take(6);

    public static StateLabel For(string word) => All.First(known => known.Word == word);

    public static StateLabel For(DeliveryStatus status) => For(StatusText.Of(status));

    public Html Badge => Html.Create($"""<span class="badge {Word}"><span class="sign" aria-hidden="true">{Sign}</span>{Label}</span>""");
}

/// <summary>
/// Shows what a text would rather hide: control characters, and those that turn the direction of what follows them, stand there as
/// their number (<c>⟨U+202E⟩</c>). Letters of every script stay as they are.
/// </summary>
internal static class VisibleText
{
    public static string Escape(string text)
    {
        if (!text.Any(IsHidden))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            if (IsHidden(letter))
            {
                shown.Append(CultureInfo.InvariantCulture, $"⟨U+{(int)letter:X4}⟩");
            }
            else
            {
                shown.Append(letter);
            }
        }

        return shown.ToString();
    }

    // Of the unseen ones a joiner (U+200C, U+200D) is part of how some scripts are written.
    private static bool IsHidden(char letter) =>
        (char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'))
        || letter
            is (>= '\u202A' and <= '\u202E')
                or (>= '\u2066' and <= '\u2069')
                or '\u200B'
                or '\u200E'
                or '\u200F'
                or '\u061C'
                or '\uFEFF'
        || (letter is '\u2028' or '\u2029');
}

/// <summary>Lays JSON out in lines, also where it is the body below a request's first lines.</summary>
internal static class IndentedJson
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Format(string text)
    {
        var body = text.IndexOf("\n\n", StringComparison.Ordinal) is var at and >= 0 && !text.StartsWith('{') ? at + 2 : 0;
        try
        {
            return text[..body] + JsonSerializer.Serialize(JsonElement.Parse(text[body..]), Indented);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
