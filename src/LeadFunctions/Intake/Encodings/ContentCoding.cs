using System.IO.Compression;
using System.Runtime.InteropServices;

namespace LeadFunctions.Intake.Encodings;

/// <summary>
/// The codings of <c>Content-Encoding</c> that are read (RFC 9110, section 8.4.1), and how others are recognised by their first bytes.
/// </summary>
internal static class ContentCoding
{
    /// <summary>For people, and for <c>Accept-Encoding</c>.</summary>
    public const string Known = "gzip, deflate, br";

    /// <summary>How decoding ended.</summary>
    public enum End
    {
        Whole,

        /// <summary>There is more than was asked for.</summary>
        TooLarge,

        /// <summary>It is no such data, or ends too early.</summary>
        Broken,
    }

    public static bool IsKnown(string coding) => coding.ToUpperInvariant() is "GZIP" or "X-GZIP" or "DEFLATE" or "BR";

    /// <summary>Decodes no more than <paramref name="most"/> bytes, however much is in it.</summary>
    /// <returns>What could be read, and whether that is all.</returns>
    public static (ReadOnlyMemory<byte> Bytes, End End) Decode(string coding, ReadOnlyMemory<byte> body, int most)
    {
        switch (coding.ToUpperInvariant())
        {
            case "GZIP" or "X-GZIP":
                return Read(new GZipStream(Stream(body), CompressionMode.Decompress), most);
            case "BR":
                return Read(new BrotliStream(Stream(body), CompressionMode.Decompress), most);
            default:
                // "deflate" means zlib's form of it, but some send it bare.
                var zlib = IsZlib(body.Span) ? Read(new ZLibStream(Stream(body), CompressionMode.Decompress), most) : (default, End.Broken);
                return zlib.End == End.Broken
                    && Read(new DeflateStream(Stream(body), CompressionMode.Decompress), most) is { End: not End.Broken } bare
                    ? bare
                    : zlib;
        }
    }

    /// <summary>What the first bytes show compressed data to be; null: nothing.</summary>
    public static string? Guess(ReadOnlySpan<byte> body) => body switch
    {
        [0x1F, 0x8B, ..] => "gzip",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
        [(byte)'P', (byte)'K', 3, 4, ..] => "zip",
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => "xz",
        // The usual forms alone: others begin as words may.
        [0x78, 0x01 or 0x5E or 0x9C or 0xDA, ..] => "deflate",
        _ => null,
    };

    // RFC 1950, section 2.2: deflate with a window of at most 32 KB, and a check.
    private static bool IsZlib(ReadOnlySpan<byte> body) =>
        body is [var method, var flags, ..] && (method & 0x0F) == 8 && method <= 0x78 && ((method << 8) | flags) % 31 == 0;

    private static MemoryStream Stream(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);

    private static (ReadOnlyMemory<byte> Bytes, End End) Read(Stream decoder, int most)
    {
        using var _ = decoder;
        var (bytes, length) = (new byte[Math.Min(most + 1, 16 * 1024)], 0);
        try
        {
            while (true)
            {
                var read = decoder.Read(bytes, length, bytes.Length - length);
                length += read;
                if (read == 0)
                {
                    return (bytes.AsMemory(0, length), End.Whole);
                }

                if (length > most)
                {
                    return (bytes.AsMemory(0, most), End.TooLarge);
                }

                if (length == bytes.Length)
                {
                    Array.Resize(ref bytes, Math.Min(most + 1, bytes.Length * 2));
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or IOException)
        {
            return (bytes.AsMemory(0, length), End.Broken);
        }
    }
}
