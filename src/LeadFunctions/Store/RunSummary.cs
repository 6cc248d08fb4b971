namespace LeadFunctions.Store;

/// <summary>What there is, counted.</summary>
/// <param name="Counts">Leads by state, of all time. A repeated lead counts besides under its own state.</param>
/// <param name="Refused">Bodies that were not accepted, of all time.</param>
/// <param name="Days">Each day asked for, the oldest first, also those on which nothing came.</param>
internal sealed record RunSummary(IReadOnlyDictionary<RunState, int> Counts, int Refused, IReadOnlyList<DaySummary> Days)
{
    /// <summary>When that was, if it wasn't just now.</summary>
    public DateTimeOffset? CountedAt { get; init; }
}

/// <summary>What came on one day, by where it stands now.</summary>
/// <param name="Day">In UTC.</param>
internal sealed record DaySummary(DateOnly Day, int Delivered, int InProgress, int DeadLetter, int NoDestination, int Refused);
