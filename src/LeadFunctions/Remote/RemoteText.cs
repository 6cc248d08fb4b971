using System.Net;
using System.Text;

namespace LeadFunctions.Remote;

/// <summary>
/// Makes a remote system's words fit to be kept as a reason: short, on one line, no control characters, and of a page its text alone.
/// </summary>
internal static class RemoteText
{
    private const int Most = 1_000;

    /// <summary>A page's text repeats itself; its title and first line explain it.</summary>
    private const int MostOfMarkup = 300;

    // What stands between these is for machines.
    private static readonly string[] Machinery = ["script", "style"];

    public static string Brief(string text)
    {
        var brief = new StringBuilder(Math.Min(text.Length, Most));
        foreach (var rune in WithoutMarkup(text).EnumerateRunes())
        {
            if (brief.Length >= Most)
            {
                brief.Append('…');
                break;
            }

            if (!Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune))
            {
                brief.Append(rune.ToString());
            }
            else if (brief.Length > 0 && brief[^1] != ' ')
            {
                brief.Append(' ');
            }
        }

        return brief.ToString().TrimEnd();
    }

    public static bool IsPage(string body)
    {
        var start = body.AsSpan().TrimStart("\uFEFF \t\r\n");
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>HTML and XML without their tags, and not the whole of it; any other text as it is.</summary>
    /// <param name="hide">
    /// Takes keys out: of the text as it came, and of its words, whose entities are decoded, before they are cut.
    /// </param>
    public static string WithoutMarkup(string text, Func<string, string>? hide = null)
    {
        text = hide?.Invoke(text) ?? text;
        var start = MarkupStart(text);
        if (start < 0)
        {
            return text;
        }

        var plain = new StringBuilder(text, 0, start, text.Length);
        for (var at = start; at < text.Length;)
        {
            var isTag = text[at] == '<';
            if (!isTag && !char.IsWhiteSpace(text[at]))
            {
                plain.Append(text[at]);
            }
            else if (plain.Length > start && plain[^1] != ' ')
            {
                plain.Append(' ');
            }

            at = isTag ? AfterTag(text, at) : at + 1;
        }

        var words = WebUtility.HtmlDecode(plain.ToString(start, plain.Length - start)).Trim();
        words = hide?.Invoke(words) ?? words;
        return string.Concat(
            text.AsSpan(0, start),
            words.Length > MostOfMarkup ? words.AsSpan(0, MostOfMarkup) : words,
            words.Length > MostOfMarkup ? "…" : "");
    }

    /// <summary>Where markup begins; less than zero: there is none. "a &lt; b" and "&lt;kim@example.com&gt;" are none.</summary>
    private static int MarkupStart(string text)
    {
        foreach (var mark in new[] { "<!doctype", "<html", "<?xml", "</", "<br", "<body", "<head", "<h1", "<title", "<p>" })
        {
            if (text.Contains(mark, StringComparison.OrdinalIgnoreCase))
            {
                return text.IndexOf('<', StringComparison.Ordinal);
            }
        }

        return -1;
    }

    private static int AfterTag(string text, int at)
    {
        foreach (var name in Machinery)
        {
            if (string.Compare(text, at + 1, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                var end = text.IndexOf($"</{name}", at, StringComparison.OrdinalIgnoreCase);
                at = end < 0 ? text.Length - 1 : end;
            }
        }

        var comment = string.CompareOrdinal(text, at, "<!--", 0, 4) == 0;
        var close = text.IndexOf(comment ? "-->" : ">", at, StringComparison.Ordinal);
        return close < 0 ? text.Length : close + (comment ? 3 : 1);
    }
}
