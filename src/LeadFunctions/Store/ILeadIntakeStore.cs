using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// What intake needs of the store: to keep a lead or a refused body, and to know what is kept already about the same thing. See
/// <see cref="ILeadStore"/>.
/// </summary>
internal interface ILeadIntakeStore
{
    /// <summary>Keeps a lead with its deliveries, due unless they wait for another one, or says which earlier lead it repeats.</summary>
    /// <param name="deduplicationKey">
    /// 16 bytes that identical leads have in common, which are about the same <see cref="SharedRow"/>, or none.
    /// </param>
    /// <param name="repeatsSince">An identical lead received after this is the same lead; null: never.</param>
    Task<Acceptance> AcceptAsync(
        Lead lead,
        byte[] deduplicationKey,
        DateTimeOffset? repeatsSince,
        IReadOnlyList<PlannedDelivery> deliveries);

    Task KeepRefusedAsync(RefusedBody body);

    /// <summary>
    /// Keeps what was refused as a lead of the same id after all, or says which lead it repeats; null when that has been done before, or
    /// the body is gone.
    /// </summary>
    /// <param name="window">
    /// An identical lead that was received within so long of the refused body, before it or after, is the same lead; so is one that was
    /// received or replayed within so long of now. Zero: none is.
    /// </param>
    Task<Acceptance?> ReplayAsync(
        Lead lead, byte[] deduplicationKey, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now);

    /// <summary>The newest lead of each <see cref="SharedRow"/> of a group, in no order.</summary>
    /// <param name="except">Leads that are passed over.</param>
    Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except);
}

/// <param name="LeadId">The lead's id; the earlier lead's when this one is a repeat.</param>
internal sealed record Acceptance(LeadId LeadId, bool IsRepeat);
