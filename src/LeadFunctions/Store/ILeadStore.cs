using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// Keeps leads, deliveries, attempts and refused bodies. When a method that writes returns, the write is durable. Every method
/// throws <see cref="StoreUnavailableException"/> while the store can't do its work; nothing was written then.
/// </summary>
internal interface ILeadStore
{
    /// <summary>How long a worker without work may wait before it claims again: another program may have written, or the clock may have been set.</summary>
    TimeSpan LooksAgainAfter { get; }

    /// <summary>Keeps a lead with its deliveries, due unless they wait for another one, or says which earlier lead it repeats.</summary>
    /// <param name="fingerprint">16 bytes that identical leads have in common, which are about the same <see cref="LeadSubject"/>, or none.</param>
    /// <param name="repeatsSince">An identical lead received after this is the same lead; null: never.</param>
    Task<Acceptance> AcceptAsync(Lead lead, byte[] fingerprint, DateTimeOffset? repeatsSince, IReadOnlyList<PlannedDelivery> deliveries);

    Task KeepRefusedAsync(RefusedBody body);

    /// <summary>
    /// Keeps what was refused as a lead of the same id after all, or says which lead it repeats; null when that has been done before, or the body is gone.
    /// </summary>
    /// <param name="window">
    /// An identical lead that was received within so long of the refused body, before it or after, is the same lead; so is one that was received or replayed
    /// within so long of now. Zero: none is.
    /// </param>
    Task<Acceptance?> ReplayAsync(Lead lead, byte[] fingerprint, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now);

    /// <summary>
    /// Takes due deliveries of a destination for a worker, at most <paramref name="most"/>, until <paramref name="leaseEnd"/>. Of one
    /// <see cref="LeadSubject"/> never two at a time, and the older state first.
    /// </summary>
    /// <param name="held">Keys of deliveries that the caller still works on: they are not taken, even when their lease ended while the machine slept.</param>
    Task<Claim> ClaimAsync(string destination, int most, IReadOnlyCollection<long> held, DateTimeOffset now, DateTimeOffset leaseEnd);

    /// <summary>
    /// Records an attempt and where the delivery stands now; false when the lease had been lost to another worker. What waited for it is
    /// due when it is delivered, and a dead letter when it is one.
    /// </summary>
    /// <param name="request">What was sent, kept in place of what an earlier attempt sent; null: nothing was.</param>
    Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request);

    /// <summary>
    /// Counts a lead's mail to each of these recipients on a day, once however often it is tried. False: <paramref name="most"/> other
    /// leads' mails to one of them are counted already; then nothing is.
    /// </summary>
    /// <param name="recipients">16 bytes for each, which say nothing about who it is. Those of earlier days are forgotten when mails are counted again.</param>
    Task<bool> CountMailAsync(IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most);

    /// <summary>Everything about one lead; null when there is none of this id.</summary>
    Task<Run?> FindRunAsync(LeadId id);

    Task<RefusedBody?> FindRefusedAsync(LeadId id);

    /// <summary>The runs that match a filter, newest first, at most <paramref name="take"/> of those that came before <paramref name="before"/>.</summary>
    /// <param name="stop">The caller is gone: the search for what matches ends.</param>
    Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default);

    /// <summary>As <see cref="ListRunsAsync"/>, of refused bodies. They have a source, a time and a text; the rest of the filter is passed over.</summary>
    Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default);

    /// <summary>
    /// Makes the undelivered deliveries of a lead due now with their count at zero, and says how many; null when there is no such lead.
    /// With <paramref name="destination"/> only that one, then also when it was discarded, and with <paramref name="evenDelivered"/> even when it has arrived.
    /// What one of them waits for is put back with it, unless it has arrived. It is one act of the lead's, or with <paramref name="destination"/> one for each that is put back.
    /// </summary>
    Task<int?> ResubmitAsync(LeadId id, string? destination, bool evenDelivered, string by, DateTimeOffset now);

    /// <summary>
    /// Makes the dead letters of a lead (at one destination) due now with their count at zero, with the dead letters that they wait for, and says how many;
    /// 0 when there are none any more. Each that is put back is an act.
    /// </summary>
    Task<int> ResubmitDeadLettersAsync(LeadId id, string? destination, string by, DateTimeOffset now);

    /// <summary>As <see cref="ResubmitDeadLettersAsync(LeadId, string?, string, DateTimeOffset)"/>, of all leads.</summary>
    Task<int> ResubmitDeadLettersAsync(string? destination, string by, DateTimeOffset now);

    /// <summary>Ends the dead letters of a lead (at one destination) for good, and says how many; null when there is no such lead.</summary>
    Task<int?> DiscardAsync(LeadId id, string? destination, string reason, string by, DateTimeOffset now);

    /// <summary>Counts what there is by state, and what was received from one time to another by day and state.</summary>
    Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to);

    /// <summary>
    /// Erases the data of the person with an e-mail address: in leads (<see cref="Erasing"/>), in what was sent, answered and noted, and in refused bodies.
    /// What was not delivered yet is discarded. That it was done, when and by whom stays, as an act. An attempt under way is recorded without what it sent and was answered.
    /// </summary>
    /// <param name="countOnly">Says how much there is and changes nothing.</param>
    Task<Erasure> EraseAsync(string address, bool countOnly, string by, DateTimeOffset now);

    /// <summary>
    /// Removes finished runs and refused bodies received before a time, looking at no more than <paramref name="most"/> leads after <paramref name="after"/>.
    /// The leads of one <see cref="LeadSubject"/> stay until the age of the newest counts from before that time (<see cref="Lead.AgesFrom"/>), and that one
    /// stays as long as there are others.
    /// </summary>
    Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most);

    /// <summary>The newest lead of each <see cref="LeadSubject"/> of a group, in no order.</summary>
    /// <param name="except">Leads that are passed over.</param>
    Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except);

    /// <summary>The newest lead of a subject; null when there is none any more.</summary>
    Task<Lead?> FindNewestAsync(LeadSubject subject);

    /// <summary>What a reader of a remote system has noted, so that it can tell after a restart what is new there; <see cref="Retention"/> notes when it worked. In no order.</summary>
    Task<IReadOnlyList<SeenItem>> FindSeenAsync(string reader);

    /// <summary>Notes what was seen under a key, in the place of an earlier note; with null there is none any more.</summary>
    Task RecordSeenAsync(string reader, string key, string? state);

    /// <summary>Writes, and counts what waits.</summary>
    Task<StoreState> CheckAsync(DateTimeOffset now);
}
