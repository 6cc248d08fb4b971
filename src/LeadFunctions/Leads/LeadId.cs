using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace LeadFunctions.Leads;

/// <summary>
/// The identity of a lead: a version 7 UUID (RFC 9562), so that ids sort by the time of arrival. It is also the row's
/// <c>leadid</c> in Dataverse, which is why a repeated attempt can't make a second row.
/// </summary>
internal readonly record struct LeadId(Guid Value)
{
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
