using System.Buffers;
using System.Text;

namespace LeadFunctions.Schema;

/// <summary>
/// Makes the bytes of a body readable as JSON without losing a lead over its encoding: a byte order mark goes, UTF-16 with a
/// mark becomes UTF-8, and what can't be text (bytes that aren't UTF-8, half of a surrogate pair) becomes U+FFFD.
/// </summary>
internal static class BodyText
{
    private static readonly SearchValues<byte> SurrogateDigit = SearchValues.Create("89abcdefABCDEF"u8);

    public static ReadOnlyMemory<byte> Utf8(ReadOnlyMemory<byte> body)
    {
        var bytes = body.Span;
        if (bytes.StartsWith(Encoding.Unicode.Preamble))
        {
            return WholePairs(Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes[2..])));
        }

        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            return WholePairs(Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes[2..])));
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            body = body[3..];
        }

        return WholePairs(Utf8Validity(body));
    }

    private static ReadOnlyMemory<byte> Utf8Validity(ReadOnlyMemory<byte> body) =>
        System.Text.Unicode.Utf8.IsValid(body.Span) ? body : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span));

    private static ReadOnlyMemory<byte> WholePairs(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf("\\u"u8) < 0)
        {
            return body;
        }

        byte[]? mended = null;
        var text = body.Span;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != (byte)'\\')
            {
                continue;
            }

            if (IsSurrogate(text, at, high: true) && IsSurrogate(text, at + 6, high: false))
            {
                at += 11;
            }
            else if (IsSurrogate(text, at, high: true) || IsSurrogate(text, at, high: false))
            {
                mended ??= body.ToArray();
                "\\ufffd"u8.CopyTo(mended.AsSpan(at));
                at += 5;
            }
            else
            {
                at++;
            }
        }

        return mended ?? body;
    }

    private static bool IsSurrogate(ReadOnlySpan<byte> text, int at, bool high)
    {
        if (at + 6 > text.Length || !text[at..].StartsWith("\\u"u8) || text[at + 2] is not ((byte)'d' or (byte)'D')
            || !char.IsAsciiHexDigit((char)text[at + 4]) || !char.IsAsciiHexDigit((char)text[at + 5]))
        {
            return false;
        }

        var digit = text[at + 3];
        return SurrogateDigit.Contains(digit) && (digit is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'A' or (byte)'b' or (byte)'B') == high;
    }
}
