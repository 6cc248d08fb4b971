using System.IO.Compression;
using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// A lead's content in its entity, compressed when it is long: an entity takes 1 MiB, and normalised JSON writes some letters in three
/// times the bytes that they came in.
/// </summary>
internal static class PackedContent
{
    private const int MostPlain = 64 * 1024;

    public static TableEntity WithContent(this TableEntity entity, LeadContent content) => content.Utf8.Length <= MostPlain
        ? entity.With("Content", content.Utf8)
        : entity.With("Packed", true).With("Content", Pack(content.Utf8));

    public static LeadContent Read(TableEntity entity) =>
        new(entity.Flag("Packed") ? Unpack(entity.Bytes("Content")) : entity.Bytes("Content"));

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var pack = new GZipStream(packed, CompressionLevel.Optimal))
        {
            pack.Write(plain);
        }

        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var unpack = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        unpack.CopyTo(plain);
        return plain.ToArray();
    }
}
