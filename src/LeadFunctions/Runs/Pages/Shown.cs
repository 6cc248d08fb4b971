using System.Globalization;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>Small pieces that several pages show alike.</summary>
internal static class Shown
{
    public static Html Time(DateTimeOffset at) =>
        Html.Of($"""<time datetime="{Iso(at)}">{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC</time>""");

    /// <summary>What a stranger wrote: with its own direction, and nothing in it hidden.</summary>
    public static Html Text(string? text) => text is null ? Html.Nothing : Html.Of($"<bdi>{VisibleText.Of(text)}</bdi>");

    public static string Duration(TimeSpan duration) => duration.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s");

    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(int count, string one, string more) => $"{Count(count)} {(count == 1 ? one : more)}";

    public static string Erased(Erasure erasure) => $"{Count(erasure.Leads, "lead", "leads")} and {Count(erasure.Refused, "refused body", "refused bodies")}";

    /// <summary>Whom a lead is from, by what there is of it.</summary>
    public static string Name(Lead lead)
    {
        var content = lead.Content;
        var name = string.Join(' ', new[] { content.Text("UserDetails", "FirstName"), content.Text("UserDetails", "LastName") }.OfType<string>());
        return name.Length > 0 ? name : content.Text("UserDetails", "Email") ?? content.Text("UserDetails", "Company") ?? "(no name)";
    }

    public static Html Marks(Lead lead) => Html.Of(
        $"""{Html.When(lead.IsTest, () => Html.Of($"""<span class="mark">Test</span>"""))}{Html.When(lead.DoNotContact, () => Html.Of($"""<span class="mark warning">Do not contact</span>"""))}""");

    public static Html Hidden(string name, string? value) => Html.When(value is not null, () => Html.Of($"""<input type="hidden" name="{name}" value="{value}">"""));

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
