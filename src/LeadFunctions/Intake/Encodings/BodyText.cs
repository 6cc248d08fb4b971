using System.Buffers;
using System.Text;

namespace LeadFunctions.Intake.Encodings;

/// <summary>
/// Makes the bytes of a body readable as JSON without losing a lead over its encoding. A byte order mark, or where the zeros of the
/// first letters stand, tells UTF-16 and UTF-32; else a declared charset counts. What is not UTF-8 although nothing else is declared
/// is read as Windows-1252, and half of a surrogate pair becomes U+FFFD.
/// </summary>
internal static class BodyText
{
    /// <summary>What is not UTF-8 and doesn't say what it is was read as this.</summary>
    public const string Windows = "windows-1252";

    private const int LongestName = 40;

    private static readonly SearchValues<byte> SurrogateDigit = SearchValues.Create("89abcdefABCDEF"u8);

    private static readonly UTF32Encoding Utf32BigEndian = new(bigEndian: true, byteOrderMark: true);

    // As browsers do: what calls itself Latin-1 is Windows-1252, which has letters where Latin-1 has controls.
    private static readonly string[] Western =
        ["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "windows-1252", "cp1252", "x-cp1252"];

    // Their bytes tell themselves what they are, or show that the declaration is wrong.
    private static readonly string[] ToldByBytes =
        ["utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be", "us-ascii", "ascii"];

    /// <summary>A body of which nothing but its bytes is known.</summary>
    public static ReadOnlyMemory<byte> Utf8(ReadOnlyMemory<byte> body) => Read(body, null).Utf8;

    /// <param name="charset">As it was declared; one that is not known counts as none.</param>
    /// <returns>And what it was read as, for people; null for UTF-8.</returns>
    public static (ReadOnlyMemory<byte> Utf8, string? Charset) Read(ReadOnlyMemory<byte> body, string? charset)
    {
        var bytes = body.Span;
        if (Unicode(bytes) is var (encoding, name))
        {
            var mark = encoding.Preamble;
            return (WholePairs(Encoding.UTF8.GetBytes(encoding.GetString(bytes.StartsWith(mark) ? bytes[mark.Length..] : bytes))), name);
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            (body, charset) = (body[3..], null);
        }

        if (Declared(charset) is { } declared)
        {
            return (WholePairs(Encoding.UTF8.GetBytes(declared.GetString(body.Span))), declared.WebName);
        }

        return System.Text.Unicode.Utf8.IsValid(body.Span)
            ? (WholePairs(body), null)
            : (WholePairs(Encoding.UTF8.GetBytes(Mended(body.Span))), Windows);
    }

    /// <summary>JSON begins with an ASCII letter (RFC 4627, section 3).</summary>
    private static (Encoding Encoding, string Name)? Unicode(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [not 0, 0, 0, 0, ..] => (Encoding.UTF32, "UTF-32"),
        [0, 0, 0xFE, 0xFF, ..] or [0, 0, 0, not 0, ..] => (Utf32BigEndian, "UTF-32"),
        [0xFF, 0xFE, ..] or [not 0, 0, ..] => (Encoding.Unicode, "UTF-16"),
        [0xFE, 0xFF, ..] or [0, not 0, ..] => (Encoding.BigEndianUnicode, "UTF-16"),
        _ => null,
    };

    private static Encoding? Declared(string? charset)
    {
        if (charset is null || charset.Length > LongestName || ToldByBytes.Contains(charset, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        if (Western.Contains(charset, StringComparer.OrdinalIgnoreCase))
        {
            return Windows1252();
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static Encoding Windows1252() => CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>
    /// Bytes of which some are no UTF-8: as Windows-1252; but when more of its letters are UTF-8 than aren't, only those that aren't.
    /// </summary>
    private static string Mended(ReadOnlySpan<byte> bytes)
    {
        var (letters, flaws, western) = (0, 0, Windows1252());
        var mixed = new StringBuilder(bytes.Length);
        Span<char> read = stackalloc char[4];
        for (var rest = bytes; rest.Length > 0;)
        {
            var isLetter = Rune.DecodeFromUtf8(rest, out var rune, out var length) == OperationStatus.Done;
            (letters, flaws) = (letters + (isLetter && length > 1 ? 1 : 0), flaws + (isLetter ? 0 : 1));
            mixed.Append(read[..(isLetter ? rune.EncodeToUtf16(read) : western.GetChars(rest[..length], read))]);
            rest = rest[length..];
        }

        return letters > flaws ? mixed.ToString() : western.GetString(bytes);
    }

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
        return SurrogateDigit.Contains(digit)
            && (digit is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'A' or (byte)'b' or (byte)'B') == high;
    }
}
