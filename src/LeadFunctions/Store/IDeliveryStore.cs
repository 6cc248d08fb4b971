using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// What delivery needs of the store: to claim what is due, to record what came of it, and to know what else is kept about the same thing.
/// See <see cref="ILeadStore"/>.
/// </summary>
internal interface IDeliveryStore
{
    /// <summary>
    /// How long a loop without work may wait before it claims again: another program may have written, or the clock may have been set.
    /// </summary>
    TimeSpan LooksAgainAfter { get; }

    /// <summary>
    /// Takes at most <paramref name="most"/> due deliveries of a destination, until <paramref name="leaseEnd"/>. Of one
    /// <see cref="SharedRow"/> never two at a time, and the older state first.
    /// </summary>
    /// <param name="held">
    /// Keys of deliveries that the caller still works on: they are not taken, even when their lease ended while the machine slept.
    /// </param>
    /// <param name="only">Takes this lead's delivery or none, and says nothing of what is due next; null: whichever is due.</param>
    /// <param name="due">
    /// What is due by then is taken too: its time was given by a clock that has been set back since. A lease that another program may hold
    /// ends by <paramref name="now"/> all the same. Null: the same as <paramref name="now"/>.
    /// </param>
    Task<Claim> ClaimAsync(
        string destination,
        int most,
        IReadOnlyCollection<long> held,
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        LeadId? only = null,
        DateTimeOffset? due = null);

    /// <summary>
    /// Records an attempt and where the delivery stands now; false when the delivery has been claimed again since. What waited for it is
    /// due when it is delivered, and a dead letter when it is one.
    /// </summary>
    /// <param name="request">What was sent, kept in place of what an earlier attempt sent; null: nothing was.</param>
    Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request);

    /// <summary>
    /// Counts a lead's mail to each of these recipients on a day, once however often it is tried. False: <paramref name="most"/> other
    /// leads' mails to one of them are counted already; then nothing is.
    /// </summary>
    /// <param name="recipients">
    /// 16 bytes for each, which say nothing about who it is. Those of earlier days are forgotten when mails are counted again.
    /// </param>
    Task<bool> CountMailAsync(IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most);

    /// <summary>The newest lead of a shared row; null when there is none any more.</summary>
    Task<Lead?> FindNewestAsync(SharedRow sharedRow);
}

/// <summary>What a claim took, and what it found besides.</summary>
/// <param name="NextDue">When to claim again, if nothing is accepted meanwhile; null when nothing waits.</param>
internal sealed record Claim(IReadOnlyList<LeadDelivery> Deliveries, DateTimeOffset? NextDue)
{
    /// <summary>No lease is longer. One that seems to be was given by a clock that was wrong, and holds nobody up.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromHours(24);

    /// <summary>Deliveries that were interrupted too often (<see cref="Interruption"/>): they are dead letters now.</summary>
    public IReadOnlyList<(LeadId Lead, string Destination)> GivenUp { get; init; } = [];

    /// <summary>When to look again for what is due and had to wait for a moment; null when nothing had to.</summary>
    public DateTimeOffset? Again { get; init; }

    /// <summary>Of one lead: the destinations at which something is due that were not asked for.</summary>
    public IReadOnlyList<string> StillDue { get; init; } = [];
}
