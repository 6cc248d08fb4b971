using System.Globalization;
using System.Text;

namespace LeadFunctions.Runs.Pages;

/// <summary>
/// Shows what a text would rather hide: control characters, and those that turn the direction of what follows them, stand there as
/// their number (<c>⟨U+202E⟩</c>). Letters of every script stay as they are.
/// </summary>
internal static class VisibleText
{
    public static string Of(string text)
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
        || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200B' or '\u200E' or '\u200F' or '\u061C' or '\uFEFF'
        || (letter is '\u2028' or '\u2029');
}
