using System.Globalization;
using System.Text;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>Fits texts into places with rules: no characters that can't be stored there, one line, a largest length.</summary>
internal static class PlainText
{
    private const string CutMark = "… [cut here; the whole text is kept with the lead]";
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

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
    /// overrides, zero-width) go, so that a name can't pose as something else. What is part of how a script or an emoji is written stays.
    /// </summary>
    public static string OneLine(string text)
    {
        if (IsOneLine(text))
        {
            return text.Trim();
        }

        text = Storable(text);

        var line = new StringBuilder(Math.Min(text.Length, 1024));
        var before = default(Rune);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsGap(rune))
            {
                line.Append(line.Length > 0 && line[^1] == ' ' ? "" : " ");
                before = default;
            }
            else if (IsVisible(rune, before))
            {
                Append(line, rune);
                before = rune;
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>Whether <see cref="OneLine"/> leaves anything of it, told without making it.</summary>
    public static bool HasVisible(string text)
    {
        var before = default(Rune);
        foreach (var rune in Storable(text).EnumerateRunes())
        {
            if (!IsGap(rune) && IsVisible(rune, before))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first in which there is something to see; null when there is none.</summary>
    public static string? FirstVisible(params IEnumerable<string?> texts) =>
        texts.FirstOrDefault(text => text is not null && HasVisible(text));

    /// <summary>ASCII that can be seen, and single spaces: nearly every text, and nothing to change in it.</summary>
    private static bool IsOneLine(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] is < ' ' or > '~' || (text[index] == ' ' && index > 0 && text[index - 1] == ' '))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsGap(Rune rune) => Rune.IsWhiteSpace(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsVisible(Rune rune, Rune before) =>
        Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format || IsWritten(rune, before);

    private static void Append(StringBuilder text, Rune rune)
    {
        Span<char> letters = stackalloc char[2];
        text.Append(letters[..rune.EncodeToUtf16(letters)]);
    }

    /// <summary>
    /// Whether a character that Unicode calls a format is part of the writing: joiners, signs around numbers, and the tags of a flag
    /// (Unicode TR 51, ED-14a).
    /// </summary>
    private static bool IsWritten(Rune rune, Rune before) =>
        rune.Value switch
        {
            ZeroWidthJoiner => true,
            ZeroWidthNonJoiner => Rune.IsLetter(before)
                || Rune.GetUnicodeCategory(before) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark,
            (>= 0x600 and <= 0x605) or 0x6DD or 0x70F or 0x890 or 0x891 or 0x8E2 or 0x110BD or 0x110CD or 0x180E => true,
            >= 0xE0020 and <= 0xE007F => before.Value is (>= 0x1F000 and <= 0x1FAFF) or (>= 0xE0020 and <= 0xE007E),
            _ => false,
        };

    /// <summary>As <see cref="Cut"/>, with a mark at the end that says so, where there is room for it.</summary>
    public static string CutMarked(string text, int most) =>
        text.Length <= most ? text
        : most <= CutMark.Length ? Cut(text, Math.Max(0, most))
        : Cut(text, most - CutMark.Length) + CutMark;

    /// <summary>
    /// The beginning of a text, at most <paramref name="most"/> UTF-16 units long, never ending inside a character as people see it.
    /// </summary>
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
