using System.Collections.ObjectModel;

namespace LeadFunctions.Leads;

/// <summary>One lead on its way to one destination, claimed by an instance of the program until its lease ends.</summary>
/// <param name="Key">The store's own key of the delivery's lead.</param>
/// <param name="ClaimNumber">
/// Counts the claims of this delivery (a fencing token): who claimed it before, and whose lease ran out, can't overwrite what a later
/// claimant recorded.
/// </param>
/// <param name="Failures">Failed attempts since it was accepted or last resubmitted; decides the next wait.</param>
internal sealed record LeadDelivery(long Key, Lead Lead, string Destination, int ClaimNumber, int Failures)
{
    /// <summary>
    /// By destination, the answers that were kept of this lead's other deliveries (JSON); for a delivery that waited for another.
    /// </summary>
    public IReadOnlyDictionary<string, string> Answers { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>How often in a row it was interrupted: its program ended before a result was recorded.</summary>
    public int Interruptions { get; init; }

    /// <summary>The newer events of the lead's shared row, the newest last.</summary>
    public IReadOnlyList<LaterEvent> Later { get; init; } = [];
}

/// <summary>Where an accepted lead goes.</summary>
/// <param name="After">It waits for the lead's delivery to this destination, whose answer it may use. Null: due at once.</param>
internal sealed record PlannedDelivery(string Destination, string? After = null);
