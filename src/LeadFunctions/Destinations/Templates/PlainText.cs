using System.Globalization;
using System.Text;

namespace LeadFunctions.Destinations.Templates;

/// <summary>Fits texts into places with rules: no characters that can't be stored there, one line, a largest length.</summary>
internal static class PlainText
{
    private const char ZeroWidthJoiner = '\u200d';

    /// <summary>
    /// Without the characters that XML 1.0 can't hold: Dataverse refuses them in text columns (0x80040278), and no mail needs them.
    /// Half of a surrogate pair is one of them.
    /// </summary>
    public static string Storable(string text)
    {
        var clean = true;
        for (var index = 0; index < text.Length && clean; index++)
        {
            clean = IsXmlCharacter(text[index]);
        }

        if (clean)
        {
            return text;
        }

        var storable = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (IsXmlCharacter(text[index]))
            {
                storable.Append(text[index]);
            }
            else if (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]))
            {
                storable.Append(text[index]).Append(text[++index]);
            }
        }

        return storable.ToString();
    }

    // XmlConvert.IsXmlChar says the same, but the whole of System.Xml would be kept in memory for it.
    private static bool IsXmlCharacter(char letter) =>
        letter is '\t' or '\n' or '\r' or (>= ' ' and < '\ud800') or (> '\udfff' and < '\ufffe');

    /// <summary>
    /// One line of visible text: line breaks and control characters become a space, and marks that reorder or hide text (bidi
    /// overrides, zero-width) go, so that a name can't pose as something else.
    /// </summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in Storable(text).EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                line.Append(line.Length > 0 && line[^1] == ' ' ? "" : " ");
            }
            else if (category != UnicodeCategory.Format || rune.Value == ZeroWidthJoiner)
            {
                line.Append(rune.ToString());
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>The beginning of a text, at most <paramref name="most"/> UTF-16 units long, never ending inside a character as people see it.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var end = 0;
        while (end < most)
        {
            var length = StringInfo.GetNextTextElementLength(text, end);
            if (end + length > most)
            {
                break;
            }

            end += length;
        }

        // One character can be longer than the limit (a letter with hundreds of accents): then between code points.
        if (end == 0 && most > 0)
        {
            end = char.IsLowSurrogate(text[most]) && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        }

        return text[..end];
    }
}
