namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// What occurs in the texts of a block of leads, as bits: one for each one, two and three bytes that follow each other. A bit that is not set is proof
/// that a text doesn't occur; one that is set may be another's.
/// </summary>
internal static class BlockMarks
{
    /// <summary>With a thousand leads of its texts about one bit in eight is set.</summary>
    public const int Bytes = 8192;

    private const int LongestGram = 3;

    // FNV-1a, which is good enough here and the same in every version of .NET: marks are kept in the file.
    private const uint Basis = 2166136261;
    private const uint Prime = 16777619;

    public static void AddText(Span<byte> marks, ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var hash = Basis;
            for (var length = 1; length <= LongestGram && at + length <= text.Length && text[at + length - 1] < BlockText.EndOfText; length++)
            {
                hash = Mix(hash, text[at + length - 1]);
                Set(marks, Spread(hash));
            }
        }
    }

    /// <summary>The bits that the marks of every block have in which this text occurs.</summary>
    public static uint[] Needed(ReadOnlySpan<byte> text)
    {
        var bits = new List<uint>();
        var length = Math.Min(text.Length, LongestGram);
        for (var at = 0; length > 0 && at + length <= text.Length; at++)
        {
            var hash = Basis;
            foreach (var value in text.Slice(at, length))
            {
                hash = Mix(hash, value);
            }

            bits.Add(Spread(hash));
        }

        return [.. bits.Distinct()];
    }

    public static bool HasAll(ReadOnlySpan<byte> marks, uint[] bits)
    {
        foreach (var bit in bits)
        {
            if ((marks[(int)(bit / 8)] & (1 << (int)(bit % 8))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void Set(Span<byte> marks, uint bit) => marks[(int)(bit / 8)] |= (byte)(1 << (int)(bit % 8));

    private static uint Mix(uint hash, byte value) => (hash ^ value) * Prime;

    private static uint Spread(uint hash) => (hash ^ (hash >> 16)) % (Bytes * 8);
}
