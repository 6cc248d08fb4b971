using System.Net;
using System.Text.RegularExpressions;

namespace LeadFunctions.Destinations.Rendering;

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

    /// <summary>
    /// What of a template puts a value into a tag without quotes around it (<c>href={{Website}}</c>): encoded or not, such a value can end
    /// its attribute and begin another. Null when nothing does.
    /// </summary>
    public static string? Unquoted(string template)
    {
        var (inTag, quote, word) = (false, default(char), 0);
        for (var at = 0; at < template.Length; at++)
        {
            var letter = template[at];
            if (letter == '{' && Expression(template, at) is { Length: > 0 } expression)
            {
                if (inTag && quote == default && PutsIn(expression))
                {
                    return template[word..(at + expression.Length)];
                }

                at += expression.Length - 1;
            }
            else if (!inTag)
            {
                inTag =
                    letter == '<' && at + 1 < template.Length && (char.IsAsciiLetter(template[at + 1]) || template[at + 1] is '/' or '{');
            }
            else if (quote != default)
            {
                quote = letter == quote ? default : quote;
            }
            else
            {
                inTag = letter != '>';
                quote = letter is '"' or '\'' ? letter : default;
            }

            word = char.IsWhiteSpace(letter) ? at + 1 : word;
        }

        return null;
    }

    private static string? Expression(string template, int at) =>
        string.CompareOrdinal(template, at, "{{", 0, 2) == 0 && template.IndexOf("}}", at, StringComparison.Ordinal) is >= 0 and var end
            ? template[at..(end + (end + 2 < template.Length && template[end + 2] == '}' ? 3 : 2))]
            : null;

    /// <summary>Blocks, partials and comments put no value in.</summary>
    private static bool PutsIn(string expression) =>
        expression.TrimStart('{').TrimStart('~', ' ')
            is not (['#' or '/' or '!' or '^' or '>', ..] or ['e', 'l', 's', 'e', ' ' or '}' or '~', ..]);

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

    [GeneratedRegex(
        """(?<name>[\s"'/](?:href|xlink:href|src|srcset|action|formaction|background|poster|data|cite|ping)\s*=\s*)"""
            + """(?<value>"[^"]*"|'[^']*'|[^\s>"']+)""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Links();

    [GeneratedRegex("^image/(?:png|jpeg|gif|webp)[;,]", RegexOptions.IgnoreCase)]
    private static partial Regex Image();
}
