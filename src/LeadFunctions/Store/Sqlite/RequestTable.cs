using System.IO.Compression;
using System.Text;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The table of what was sent: of each delivery, what its last attempt sent. Compressed, because it would be more than half of the file: a
/// row's JSON or a mail's HTML takes a third then. What earlier versions kept is plain text.
/// </summary>
internal static class RequestTable
{
    // The middle of Brotli's range, from 0 to 11.
    private const int Quality = 5;

    // 64 KiB: what is kept of a request is shorter.
    private const int Window = 16;

    private const string KeepSql = "INSERT OR REPLACE INTO requests (lead_key, destination, request) VALUES ($key, $destination, $request)";

    private const string SelectSql = "SELECT destination, request FROM requests WHERE lead_key = $key";

    public static void Keep(SqliteSession session, long key, string destination, byte[] packed) =>
        session.Run(KeepSql, ("$key", key), ("$destination", destination), ("$request", packed));

    /// <summary>By destination.</summary>
    public static Dictionary<string, string> Read(SqliteSession session, long key) => session.List(
        SelectSql,
        row => KeyValuePair.Create(row.Text(0), row.IsBlob(1) ? Unpack(row.Bytes(1)) : row.Text(1)),
        ("$key", key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Done before the writer's turn: nobody else has to wait for it.</summary>
    public static byte[] Pack(string request)
    {
        var plain = Encoding.UTF8.GetBytes(request);
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        return BrotliEncoder.TryCompress(plain, packed, out var length, Quality, Window)
            ? packed[..length]
            : throw new InvalidOperationException("The buffer is as long as it can ever have to be.");
    }

    private static string Unpack(byte[] packed)
    {
        using var text = new StreamReader(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), Encoding.UTF8);
        return text.ReadToEnd();
    }
}
