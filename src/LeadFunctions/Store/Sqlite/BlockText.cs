using System.Buffers.Binary;
using System.Text;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The searched texts of a block of leads one after the other: how many leads there are, their keys, then each one's texts in UTF-8. Two bytes that
/// UTF-8 never uses end a text and a lead.
/// </summary>
internal static class BlockText
{
    public const byte EndOfText = 0xFE;

    private const byte EndOfLead = 0xFF;

    private const int CountBytes = sizeof(int);

    public static byte[] Write(IReadOnlyList<(long Key, IEnumerable<string> Texts)> leads)
    {
        using var bytes = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt32LittleEndian(number, leads.Count);
        bytes.Write(number[..CountBytes]);
        foreach (var (key, _) in leads)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, key);
            bytes.Write(number);
        }

        foreach (var (_, texts) in leads)
        {
            foreach (var text in texts)
            {
                bytes.Write(Encoding.UTF8.GetBytes(text));
                bytes.WriteByte(EndOfText);
            }

            bytes.WriteByte(EndOfLead);
        }

        return bytes.ToArray();
    }

    /// <summary>What <see cref="BlockMarks"/> are made of.</summary>
    public static ReadOnlySpan<byte> Texts(ReadOnlySpan<byte> block) => block[(CountBytes + (BinaryPrimitives.ReadInt32LittleEndian(block) * sizeof(long)))..];

    /// <summary>The keys of the leads in whose texts the bytes occur, in the block's order.</summary>
    public static List<long> Find(ReadOnlySpan<byte> block, ReadOnlySpan<byte> wanted)
    {
        var found = new List<long>();
        var keys = block[CountBytes..];
        var rest = Texts(block);
        var lead = 0;
        while (rest.IndexOf(wanted) is >= 0 and var at)
        {
            lead += rest[..at].Count(EndOfLead);
            found.Add(BinaryPrimitives.ReadInt64LittleEndian(keys[(lead * sizeof(long))..]));
            rest = rest[at..];
            rest = rest[(rest.IndexOf(EndOfLead) + 1)..];
            lead++;
        }

        return found;
    }
}
