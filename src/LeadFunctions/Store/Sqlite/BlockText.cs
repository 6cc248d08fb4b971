using System.Text;

namespace LeadFunctions.Store.Sqlite;

/// <summary>The searched texts of a block's leads in UTF-8, one after the other. Two bytes that UTF-8 never uses end a text and a lead.</summary>
internal static class BlockText
{
    public const byte EndOfText = 0xFE;

    private const byte EndOfLead = 0xFF;

    public static byte[] Write(IEnumerable<IEnumerable<string>> leads)
    {
        using var bytes = new MemoryStream();
        foreach (var texts in leads)
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

    /// <summary>The leads in whose texts the bytes occur, by their place in the block.</summary>
    public static List<int> Find(ReadOnlySpan<byte> block, ReadOnlySpan<byte> wanted)
    {
        var found = new List<int>();
        for (var lead = 0; block.IndexOf(wanted) is >= 0 and var at; lead++)
        {
            lead += block[..at].Count(EndOfLead);
            found.Add(lead);
            block = block[at..];
            block = block[(block.IndexOf(EndOfLead) + 1)..];
        }

        return found;
    }
}
