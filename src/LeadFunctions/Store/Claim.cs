using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <param name="NextDue">When to claim again, if nothing is accepted meanwhile; null when nothing waits.</param>
internal sealed record Claim(IReadOnlyList<LeadDelivery> Deliveries, DateTimeOffset? NextDue)
{
    /// <summary>Leads whose delivery here was interrupted too often (<see cref="Interruption"/>): it is a dead letter now.</summary>
    public IReadOnlyList<LeadId> GivenUp { get; init; } = [];

    /// <summary>When to look again for what is due and had to wait for a moment; null when nothing had to.</summary>
    public DateTimeOffset? Again { get; init; }

    /// <summary>Of one lead: the destinations at which something is due that were not asked for.</summary>
    public IReadOnlyList<string> StillDue { get; init; } = [];
}
