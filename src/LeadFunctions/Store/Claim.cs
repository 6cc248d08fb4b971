using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <param name="NextDue">When to claim again, if nothing is accepted meanwhile; null when nothing waits.</param>
internal sealed record Claim(IReadOnlyList<LeadDelivery> Deliveries, DateTimeOffset? NextDue)
{
    /// <summary>Leads whose delivery here was interrupted too often (<see cref="Interruption"/>): it is a dead letter now.</summary>
    public IReadOnlyList<LeadId> GivenUp { get; init; } = [];
}
