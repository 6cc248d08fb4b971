using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace LeadFunctions.Leads;

/// <summary>
/// The identity of a lead: a version 7 UUID (RFC 9562), so that ids sort by the time of arrival. It is also the row's
/// <c>leadid</c> in Dataverse, which is why a repeated attempt can't make a second row.
/// </summary>
internal readonly record struct LeadId(Guid Value)
{
    /// <summary>How many parts a store may be divided into; the last hexadecimal digit of an id is its lead's.</summary>
    public const int Partitions = 16;

    private const int PartitionMask = Partitions - 1;

    public static LeadId New(DateTimeOffset receivedAt) => new(Guid.CreateVersion7(receivedAt));

    /// <summary>The unix time inside, in milliseconds.</summary>
    public long Milliseconds
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;
        }
    }

    /// <summary>
    /// The part of a store that the lead belongs to, from 0 up to <see cref="Partitions"/>: an id alone tells where its lead is.
    /// </summary>
    public int Partition
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return bytes[^1] & PartitionMask;
        }
    }

    /// <summary>
    /// Where a lead belongs: what must change together with it is there too. Events of one appointment share a partition, and otherwise
    /// leads with the same deduplication key, so that a repeat is found in the transaction that would make it a lead.
    /// </summary>
    public static int PartitionFor(SharedRow? sharedRow, ReadOnlySpan<byte> deduplicationKey) =>
        sharedRow?.GroupId.Partition ?? (deduplicationKey[^1] & PartitionMask);

    /// <summary>The same id, of a lead that belongs there.</summary>
    public LeadId InPartition(int partition)
    {
        Span<byte> bytes = stackalloc byte[16];
        Value.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[^1] = (byte)((bytes[^1] & ~PartitionMask) | partition);
        return new LeadId(new Guid(bytes, bigEndian: true));
    }

    /// <summary>No id of a lead received at or after this time sorts before it.</summary>
    public static LeadId First(DateTimeOffset receivedAt)
    {
        // An id holds no time before 1970; a negative one would sort after all of them.
        var milliseconds = Math.Max(0, receivedAt.ToUnixTimeMilliseconds());
        return new(new Guid((int)(milliseconds >> 16), (short)milliseconds, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    public static LeadId Parse(string text) => new(Guid.ParseExact(text, "D"));

    public static bool TryParse([NotNullWhen(true)] string? text, out LeadId id)
    {
        var known = Guid.TryParse(text, out var value);
        id = new LeadId(value);
        return known;
    }

    public override string ToString() => Value.ToString("D");
}
