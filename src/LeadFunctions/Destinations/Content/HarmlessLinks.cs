using System.Net;
using System.Text.RegularExpressions;

namespace LeadFunctions.Destinations.Content;

/// <summary>
/// Takes links that would run something out of rendered HTML. A value is encoded so that it can't end an attribute, but in
/// <c>href="{{Website}}"</c> it is the attribute, and <c>javascript:…</c> is no special character.
/// </summary>
internal static partial class HarmlessLinks
{
    private static readonly string[] Running = ["javascript", "vbscript", "livescript", "mocha"];

    public static string Of(string html) => html.Contains(':', StringComparison.Ordinal) || html.Contains('&', StringComparison.Ordinal)
        ? Links().Replace(html, link => IsHarmful(link.Groups["value"].Value) ? link.Groups["name"].Value + "\"#\"" : link.Value)
        : html;

    private static bool IsHarmful(string attribute)
    {
        // As browsers read it: without control characters and blanks, which may stand anywhere in front of the colon.
        var address = string.Concat(WebUtility.HtmlDecode(attribute.Trim('"', '\''))
            .Where(letter => !char.IsControl(letter) && !char.IsWhiteSpace(letter)));
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : address[..colon];
        return Running.Contains(scheme, StringComparer.OrdinalIgnoreCase)
            || (scheme.Equals("data", StringComparison.OrdinalIgnoreCase) && !Image().IsMatch(address[(colon + 1)..]));
    }

    [GeneratedRegex("""(?<name>[\s"'/](?:href|xlink:href|src|srcset|action|formaction|background|poster|data|cite|ping)\s*=\s*)(?<value>"[^"]*"|'[^']*'|[^\s>"']+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Links();

    [GeneratedRegex("^image/(?:png|jpeg|gif|webp)[;,]", RegexOptions.IgnoreCase)]
    private static partial Regex Image();
}
