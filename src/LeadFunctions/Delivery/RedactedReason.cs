using System.Text.Json;
using System.Text.RegularExpressions;
using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>A remote system's words without the people in them: it may quote what a lead says.</summary>
internal static partial class RedactedReason
{
    private const string Mark = "…";

    // Short ones would tear holes into the words around them.
    private const int ShortestValue = 3;

    /// <summary>Every value of the lead, and whatever looks like a mail address, is replaced by …</summary>
    public static string WithoutPeople(string reason, LeadContent content)
    {
        var values = content.Root.EnumerateObject()
            .Where(property => PersonalData.IsIn(property.Name))
            .SelectMany(property => Texts(property.Value))
            .Where(value => value.Length >= ShortestValue)
            .OrderByDescending(value => value.Length);
        foreach (var value in values)
        {
            reason = reason.Replace(value, Mark, StringComparison.OrdinalIgnoreCase);
        }

        return MailAddress().Replace(reason, Mark);
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!.Trim()],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Texts(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Number => [value.GetRawText()],
        _ => [],
    };

    [GeneratedRegex(@"[^\s@<>'""(),;:]+@[^\s@<>'""(),;:]+", RegexOptions.CultureInvariant)]
    private static partial Regex MailAddress();
}
