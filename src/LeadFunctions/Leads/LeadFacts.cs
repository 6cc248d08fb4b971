using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace LeadFunctions.Leads;

/// <summary>What follows from a lead's content; see the marketplace's documentation of lead values.</summary>
/// <param name="Storefront">
/// Where the customer acted: <c>AzureMarketplace</c>, <c>AzurePortal</c>, <c>SPZA</c> (AppSource), <c>TestDrive</c>.
/// </param>
/// <param name="Action"><c>ActionCode</c>, else the action inside <c>LeadSource</c>. The set is open.</param>
/// <param name="OfferId"><c>publisher.offer</c> from the long form of <c>LeadSource</c>.</param>
/// <param name="IsTest">Microsoft's own test on Validate and on Publish: a value that starts with <c>MSFT_TEST_</c>.</param>
/// <param name="DoNotContact">The action is <c>DNC</c>: keep the lead, don't write or call.</param>
internal sealed record LeadFacts(string? Storefront, string? Action, string? OfferId, bool IsTest, bool DoNotContact)
{
    private const string TestPrefix = "MSFT_TEST_";
    private const string DoNotContactAction = "DNC";

    /// <summary>False only when the content holds no test value anywhere.</summary>
    public static bool MayBeTest(ReadOnlySpan<byte> content) => content.IndexOf("MSFT_TEST_"u8) >= 0;

    /// <summary>False only when no action in the content can be <c>DNC</c>.</summary>
    public static bool MayBeDoNotContact(ReadOnlySpan<byte> content)
    {
        for (var at = content.IndexOfAny("dD"u8); at >= 0; at = content.IndexOfAny("dD"u8))
        {
            if (content.Length >= at + 3 && Ascii.EqualsIgnoreCase(content.Slice(at, 3), "dnc"u8))
            {
                return true;
            }

            content = content[(at + 1)..];
        }

        return false;
    }

    public static LeadFacts Of(LeadContent content)
    {
        var source = LeadSourceText.Parse(content.Text("LeadSource"));
        var actionCode = content.Text("ActionCode")?.Trim();
        return new LeadFacts(
            source.Storefront,
            actionCode ?? source.Action,
            source.OfferId,
            MayBeTest(content.Utf8) && HasTestValue(content.Root),
            Is(actionCode, DoNotContactAction) || Is(source.Action, DoNotContactAction));
    }

    private static bool Is(string? action, string expected) => string.Equals(action, expected, StringComparison.OrdinalIgnoreCase);

    // No LINQ and no texts: there may be a hundred thousand values.
    private static bool HasTestValue(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                var raw = JsonMarshal.GetRawUtf8Value(element)[1..^1];
                return raw.Contains((byte)'\\') || !Ascii.IsValid(raw)
                    ? element.GetString()!.AsSpan().TrimStart().StartsWith(TestPrefix, StringComparison.Ordinal)
                    : raw.TrimStart(" "u8).StartsWith("MSFT_TEST_"u8);
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (HasTestValue(property.Value))
                    {
                        return true;
                    }
                }

                return false;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (HasTestValue(item))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }
}

/// <summary>
/// The parts of a <c>LeadSource</c>. Microsoft documents the long form <c>Source-Action|publisher.offer</c>, and a sample with
/// the bare source (<c>AzureMarketplace</c>); both arrive.
/// </summary>
internal readonly record struct LeadSourceText(string? Storefront, string? Action, string? OfferId)
{
    private static readonly string[] DocumentedActions = ["INS", "PLT", "DNC", "Create", "StartTestDrive"];

    public static LeadSourceText Parse(string? text)
    {
        text = Present(text);
        if (text is null)
        {
            return default;
        }

        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var left = bar < 0 ? text : text[..bar];
        var dash = left.LastIndexOf('-');
        var action = dash < 0 ? null : Present(left[(dash + 1)..]);

        // Without the bar a dash may be part of a name; only an action that Microsoft documents is taken for one.
        if (bar < 0 && !DocumentedActions.Contains(action, StringComparer.OrdinalIgnoreCase))
        {
            return new LeadSourceText(text, null, null);
        }

        return new LeadSourceText(
            Present(dash < 0 ? left : left[..dash]),
            action,
            bar < 0 ? null : Present(text[(bar + 1)..]));
    }

    private static string? Present(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
