using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>What happened to every lead, and how much there is. <see cref="RemoveFinishedAsync"/> lets what is old go. See <see cref="ILeadStore"/>.</summary>
internal interface IRunHistoryStore
{
    /// <summary>Everything about one lead; null when there is none of this id.</summary>
    Task<Run?> FindRunAsync(LeadId id);

    Task<RefusedBody?> FindRefusedAsync(LeadId id);

    /// <summary>The runs that match a filter, newest first, at most <paramref name="take"/> of those that came before <paramref name="before"/>.</summary>
    /// <param name="stop">The caller is gone: the search for what matches ends.</param>
    Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default);

    /// <summary>As <see cref="ListRunsAsync"/>, of refused bodies. They have a source, a time and a text; the rest of the filter is passed over.</summary>
    Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default);

    /// <summary>Counts what there is by state, and what was received from one time to another by day and state.</summary>
    Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to);

    /// <summary>As <see cref="SummariseAsync"/>, from a moment ago where counting is dear: then it says since when it is so.</summary>
    Task<RunSummary> SummariseRecentAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now);

    /// <summary>
    /// Removes finished runs and refused bodies received before a time, looking at no more than <paramref name="most"/> leads after <paramref name="after"/>.
    /// The leads of one <see cref="LeadSubject"/> stay until the age of the newest counts from before that time (<see cref="Lead.AgesFrom"/>), and that one
    /// stays as long as there are others.
    /// </summary>
    Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most);

    /// <summary>How long an answer of <see cref="CheckAsync"/> is good for all who ask.</summary>
    TimeSpan ChecksAreSharedFor { get; }

    /// <summary>Counts what waits; where that is cheap, it also writes. Of very many it counts some.</summary>
    Task<StoreState> CheckAsync(DateTimeOffset now);
}
