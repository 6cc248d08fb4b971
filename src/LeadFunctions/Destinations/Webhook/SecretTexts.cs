using System.Net;
using System.Text.Encodings.Web;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>
/// The keys of a destination, to be taken out of every text that people may see, however they are written there: as they are, and as
/// addresses, forms, JSON and HTML have them.
/// </summary>
internal sealed class SecretTexts(IEnumerable<string?> secrets)
{
    public const string Mark = "…";

    /// <summary>Shorter ones aren't keys, and taking them out would make texts unreadable.</summary>
    private const int LeastLength = 6;

    // The longest first: one may be part of another.
    private readonly string[] _spellings =
    [
        .. secrets
            .OfType<string>()
            .Where(secret => secret.Length >= LeastLength)
            .SelectMany(Spellings)
            .Distinct()
            .OrderByDescending(spelling => spelling.Length),
    ];

    /// <summary>The parts of an address that may be keys, as Slack's and Teams' are.</summary>
    public static IEnumerable<string> KeysIn(string pathAndQuery) =>
        pathAndQuery.Split('/', '?', '&', '=').Where(part => part.Length >= 12);

    public string Hide(string text) =>
        _spellings.Aggregate(text, (shown, spelling) => shown.Replace(spelling, Mark, StringComparison.Ordinal));

    private static IEnumerable<string> Spellings(string secret)
    {
        var inAddress = Uri.EscapeDataString(secret);
        return
        [
            secret,
            inAddress,
            inAddress.Replace("%20", "+", StringComparison.Ordinal),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
            JavaScriptEncoder.Default.Encode(secret),
            WebUtility.HtmlEncode(secret),
        ];
    }
}
