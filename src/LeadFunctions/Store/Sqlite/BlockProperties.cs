using System.Buffers.Binary;
using System.Text;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// What the leads of a block have that lists are filtered by and that never changes: each property that occurs, with a bit for each lead. As bytes:
/// the property's length, its name, the bits, and so on.
/// </summary>
internal static class BlockProperties
{
    private const string NoDestination = "no destination";

    /// <summary>What each lead has that the filter lets through.</summary>
    public static IReadOnlyList<string> Of(RunFilter filter)
    {
        var properties = new List<string>();
        if (filter.Source is { } source)
        {
            properties.Add(Source(source));
        }

        if (filter.IsTest is { } isTest)
        {
            properties.Add(Test(isTest));
        }

        if (filter.Destination is { } destination)
        {
            properties.Add(Destination(destination));
        }

        if (filter.State == RunState.NoDestination)
        {
            properties.Add(NoDestination);
        }

        return properties;
    }

    public static IEnumerable<string> Of(string source, bool isTest, IReadOnlyCollection<string> destinations) =>
        [Source(source), Test(isTest), .. destinations.Count == 0 ? [NoDestination] : destinations.Select(Destination)];

    public static byte[] Write(IReadOnlyList<IEnumerable<string>> leads)
    {
        var bits = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var lead = 0; lead < leads.Count; lead++)
        {
            foreach (var property in leads[lead])
            {
                if (!bits.TryGetValue(property, out var its))
                {
                    bits.Add(property, its = new byte[BytesOf(leads.Count)]);
                }

                its[lead / 8] |= (byte)(1 << (lead % 8));
            }
        }

        using var bytes = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var (property, its) in bits)
        {
            var name = Encoding.UTF8.GetBytes(property);
            BinaryPrimitives.WriteInt32LittleEndian(length, name.Length);
            bytes.Write(length);
            bytes.Write(name);
            bytes.Write(its);
        }

        return bytes.ToArray();
    }

    /// <summary>The leads that have all of the properties, by their place in the block.</summary>
    public static List<int> Find(ReadOnlySpan<byte> block, int leads, IEnumerable<string> properties)
    {
        var all = new byte[BytesOf(leads)];
        all.AsSpan().Fill(byte.MaxValue);
        foreach (var property in properties)
        {
            var its = BitsOf(block, leads, Encoding.UTF8.GetBytes(property));
            if (its.IsEmpty)
            {
                return [];
            }

            for (var index = 0; index < all.Length; index++)
            {
                all[index] &= its[index];
            }
        }

        var found = new List<int>();
        for (var lead = 0; lead < leads; lead++)
        {
            if ((all[lead / 8] & (1 << (lead % 8))) != 0)
            {
                found.Add(lead);
            }
        }

        return found;
    }

    /// <summary>Nothing when no lead has the property.</summary>
    private static ReadOnlySpan<byte> BitsOf(ReadOnlySpan<byte> block, int leads, ReadOnlySpan<byte> property)
    {
        while (!block.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(block);
            var (name, bits) = (sizeof(int), sizeof(int) + length);
            if (block[name..bits].SequenceEqual(property))
            {
                return block.Slice(bits, BytesOf(leads));
            }

            block = block[(bits + BytesOf(leads))..];
        }

        return [];
    }

    private static int BytesOf(int leads) => (leads + 7) / 8;

    private static string Source(string name) => $"source {name}";

    private static string Destination(string name) => $"destination {name}";

    private static string Test(bool isTest) => isTest ? "test" : "no test";
}
