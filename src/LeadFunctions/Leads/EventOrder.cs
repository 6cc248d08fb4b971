namespace LeadFunctions.Leads;

/// <summary>
/// Which events are older whatever their times are, the oldest first: of an event without a date only its arrival is known.
/// </summary>
internal enum EventBand
{
    UndatedBeginning,
    UndatedChange,
    Dated,
    UndatedEnd,
}

/// <summary>What an event is to its shared row; of two at the same time the later stage is the newer one.</summary>
internal enum EventStage
{
    Beginning,
    Change,
    End,

    /// <summary>It ended all shared rows of the group, also those that become known later.</summary>
    EndOfGroup,
}

/// <summary>
/// Which of a shared row's events says the newer state. An event that says when it happened counts by that time. Other events count by
/// their stage and, among equals, by their arrival, so that an end without a date is final.
/// </summary>
/// <param name="At">When it happened, or arrived; to the millisecond.</param>
internal readonly record struct EventOrder(EventBand Band, DateTimeOffset At, EventStage Stage) : IComparable<EventOrder>
{
    private const int StageBits = 2;
    private const int BandShift = 52;

    /// <summary>As one number, which stores can sort by: the parts from the highest bits down.</summary>
    public long Stored => ((long)Band << BandShift) | (At.ToUnixTimeMilliseconds() << StageBits) | (long)Stage;

    public static EventOrder FromStored(long number) => new(
        (EventBand)(number >> BandShift),
        DateTimeOffset.FromUnixTimeMilliseconds((number & ((1L << BandShift) - 1)) >> StageBits),
        (EventStage)(number & ((1L << StageBits) - 1)));

    /// <param name="dated">When it happened, if that is known.</param>
    public static EventOrder Of(EventStage stage, DateTimeOffset? dated, DateTimeOffset receivedAt)
    {
        var band = dated is not null ? EventBand.Dated : stage switch
        {
            EventStage.Beginning => EventBand.UndatedBeginning,
            EventStage.Change => EventBand.UndatedChange,
            _ => EventBand.UndatedEnd,
        };
        var milliseconds = Math.Max(0, (dated ?? receivedAt).ToUnixTimeMilliseconds());
        return new EventOrder(band, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), stage);
    }

    public int CompareTo(EventOrder other) => (Band, At, Stage).CompareTo((other.Band, other.At, other.Stage));

    public static bool operator <(EventOrder left, EventOrder right) => left.CompareTo(right) < 0;

    public static bool operator >(EventOrder left, EventOrder right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventOrder left, EventOrder right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventOrder left, EventOrder right) => left.CompareTo(right) >= 0;
}
