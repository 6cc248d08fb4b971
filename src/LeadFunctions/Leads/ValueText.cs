using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LeadFunctions.Leads;

/// <summary>Values of a body as texts.</summary>
internal static class ValueText
{
    /// <summary>A value in words: lists divided by commas, objects as <c>name: value; name: value</c>. Empty for null.</summary>
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Of).Where(text => text.Length > 0)),
        JsonValueKind.Object => string.Join("; ", value.EnumerateObject().Select(property => $"{property.Name}: {Of(property.Value)}")),
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };

    /// <summary>
    /// Takes from both ends of a text what nobody sees there: white space of every kind, and marks without a letter. Inside it is left
    /// alone.
    /// </summary>
    public static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsNothing(text[start], beside: start + 1 < end ? text[start + 1] : ' '))
        {
            start++;
        }

        while (end > start && IsNothing(text[end - 1], beside: end - 1 > start ? text[end - 2] : ' '))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>As <see cref="Trim(string)"/>, of a text in UTF-8.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> utf8)
    {
        // Nearly every value begins and ends with an ASCII letter.
        if (utf8.IsEmpty || (IsVisibleAscii(utf8[0]) && IsVisibleAscii(utf8[^1])))
        {
            return utf8;
        }

        while (Rune.DecodeFromUtf8(utf8, out var rune, out var length) == OperationStatus.Done
            && rune.IsBmp
            && IsNothing((char)rune.Value, beside: ' '))
        {
            utf8 = utf8[length..];
        }

        while (Rune.DecodeLastFromUtf8(utf8, out var rune, out var length) == OperationStatus.Done
            && rune.IsBmp
            && IsNothing((char)rune.Value, beside: ' '))
        {
            utf8 = utf8[..^length];
        }

        return utf8;
    }

    private static bool IsVisibleAscii(byte letter) => letter is > 0x20 and < 0x7F;

    // Beside a control character nobody has typed it by mistake: people are to see both.
    private static bool IsNothing(char letter, char beside) =>
        char.IsWhiteSpace(letter) || (IsMark(letter) && (!char.IsControl(beside) || char.IsWhiteSpace(beside)));

    // Not the joiners (U+200C, U+200D), which are part of how some scripts and emoji are written.
    private static bool IsMark(char letter) =>
        letter is '\u200B' or '\u2060' or '\uFEFF' or '\u00AD' or '\u200E' or '\u200F' or '\u061C'
        || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
