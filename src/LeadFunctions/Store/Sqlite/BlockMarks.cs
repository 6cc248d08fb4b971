using System.Text;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// What occurs in a block of leads, as bits: one for each one, two and three bytes that follow each other in its texts, and three for each source,
/// destination and other property. A bit that is not set is proof that it doesn't occur; one that is set may be another's.
/// </summary>
internal static class BlockMarks
{
    /// <summary>With a thousand leads of its texts about one bit in eight is set.</summary>
    public const int Bytes = 8192;

    private const string NoDestination = "no destination";

    private const int LongestGram = 3;
    private const int BitsOfAProperty = 3;

    // FNV-1a, which is good enough here and the same in every version of .NET: marks are kept in the file.
    private const uint Basis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>What a lead has that a list can be filtered by and that never changes.</summary>
    public static IEnumerable<string> Properties(string source, bool isTest, IReadOnlyCollection<string> destinations) =>
        [Source(source), Test(isTest), .. destinations.Count == 0 ? [NoDestination] : destinations.Select(Destination)];

    /// <summary>What each lead has that the filter lets through.</summary>
    public static IEnumerable<string> Properties(RunFilter filter)
    {
        if (filter.Source is { } source)
        {
            yield return Source(source);
        }

        if (filter.IsTest is { } isTest)
        {
            yield return Test(isTest);
        }

        if (filter.Destination is { } destination)
        {
            yield return Destination(destination);
        }

        if (filter.State == RunState.NoDestination)
        {
            yield return NoDestination;
        }
    }

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

    public static void AddProperty(Span<byte> marks, string property)
    {
        foreach (var bit in BitsOf(property))
        {
            Set(marks, bit);
        }
    }

    /// <summary>The bits that the marks of every block have in which this text or all of these properties occur.</summary>
    public static uint[] Needed(ReadOnlySpan<byte> text, IEnumerable<string> properties)
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

        bits.AddRange(properties.SelectMany(BitsOf));
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

    private static string Source(string name) => $"source {name}";

    private static string Destination(string name) => $"destination {name}";

    private static string Test(bool isTest) => isTest ? "test" : "no test";

    private static IEnumerable<uint> BitsOf(string property)
    {
        var hash = Basis;
        foreach (var value in Encoding.UTF8.GetBytes(property))
        {
            hash = Mix(hash, value);
        }

        for (var bit = 0; bit < BitsOfAProperty; bit++)
        {
            yield return Spread(hash = Mix(hash, (byte)bit));
        }
    }

    private static void Set(Span<byte> marks, uint bit) => marks[(int)(bit / 8)] |= (byte)(1 << (int)(bit % 8));

    private static uint Mix(uint hash, byte value) => (hash ^ value) * Prime;

    private static uint Spread(uint hash) => (hash ^ (hash >> 16)) % (Bytes * 8);
}
