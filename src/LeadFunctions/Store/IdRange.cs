using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>Ids sort by time, so that a range of times and the place in a list are one range of ids.</summary>
/// <param name="From">The first of them.</param>
/// <param name="Before">The first that is none of them any more.</param>
internal readonly record struct IdRange(string From, string Before)
{
    // After every hexadecimal digit.
    private const string AfterAll = "g";

    public static IdRange All { get; } = new("", AfterAll);

    // Ids know milliseconds: what begins within one begins with the next.
    private static readonly TimeSpan NearlyOne = TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1);

    public static IdRange Of(RunFilter filter, LeadId? before)
    {
        var end = filter.To is { } to ? First(to) : AfterAll;
        var next = before?.ToString() ?? AfterAll;
        return new IdRange(filter.From is { } from ? First(from) : "", string.CompareOrdinal(next, end) < 0 ? next : end);
    }

    /// <summary>The ids from <paramref name="middle"/> on, and those before it; null when one of both would have none.</summary>
    public (IdRange Newer, IdRange Older)? Divide(string middle) =>
        string.CompareOrdinal(From, middle) < 0 && string.CompareOrdinal(middle, Before) < 0
            ? (this with { From = middle }, this with { Before = middle })
            : null;

    private static string First(DateTimeOffset time) => time <= DateTimeOffset.UnixEpoch
        ? ""
        : LeadId.First(time < DateTimeOffset.MaxValue - NearlyOne ? time + NearlyOne : time).ToString();
}
