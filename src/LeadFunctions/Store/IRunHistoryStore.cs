using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// What happened to every lead, and how much there is. <see cref="RemoveFinishedAsync"/> lets what is old go. See <see cref="ILeadStore"/>.
/// </summary>
internal interface IRunHistoryStore
{
    /// <summary>Everything about one lead; null when there is none of this id.</summary>
    Task<Run?> FindRunAsync(LeadId id);

    Task<RefusedBody?> FindRefusedAsync(LeadId id);

    /// <summary>
    /// The runs that match a filter, newest first, at most <paramref name="take"/> of those that came before <paramref name="before"/>.
    /// </summary>
    /// <param name="stop">The caller is gone: the search for what matches ends.</param>
    Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default);

    /// <summary>
    /// As <see cref="ListRunsAsync"/>, of refused bodies. They have a source, a time and a text; the rest of the filter is passed over.
    /// </summary>
    Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default);

    /// <summary>
    /// Counts what there is by state, and what was received from one time to another by day and state. With many leads the counts may be of
    /// two moments, so that what came between them is missing in one.
    /// </summary>
    Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to);

    /// <summary>
    /// As <see cref="SummariseAsync"/>, perhaps of a moment ago where counting is expensive: then the summary says of when.
    /// </summary>
    Task<RunSummary> SummariseRecentAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now);

    /// <summary>
    /// Removes finished runs and refused bodies received before a time, looking at no more than <paramref name="most"/> leads after
    /// <paramref name="after"/>. The leads of one <see cref="SharedRow"/> stay until the age of the newest counts from before that time
    /// (<see cref="Lead.AgesFrom"/>), and that one stays as long as there are others.
    /// </summary>
    Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most);

    /// <summary>How long an answer of <see cref="CheckAsync"/> is good for all who ask.</summary>
    TimeSpan ChecksAreSharedFor { get; }

    /// <summary>Counts what waits; where that is cheap, it also writes. Of very many it counts some.</summary>
    Task<StoreState> CheckAsync(DateTimeOffset now);
}

/// <param name="LastSeen">Where the next step goes on; null when there is nothing older to look at.</param>
internal readonly record struct RemovalStep(int Removed, LeadId? LastSeen);

/// <param name="OldestDue">Since when the longest-waiting delivery could have been tried; null when none is due.</param>
/// <param name="Unfinished">Unfinished deliveries by destination, also of those that are no longer configured.</param>
internal sealed record StoreState(DateTimeOffset? OldestDue, int DeadLetters, IReadOnlyDictionary<string, int> Unfinished)
{
    /// <summary>Dead letters by destination; null when there are too many to count all of them each time.</summary>
    public IReadOnlyDictionary<string, int>? DeadLettersAt { get; init; }
}

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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Violation>))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(StoredSharedRow))]
internal sealed partial class StoreJson : JsonSerializerContext;
