using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>A lead with everything that happened to it.</summary>
/// <param name="RepeatedAt">When the same lead was posted again within the duplicate window.</param>
internal sealed record Run(Lead Lead, IReadOnlyList<RunDelivery> Deliveries, IReadOnlyList<DateTimeOffset> RepeatedAt);

/// <param name="Attempts">In the order in which they were made.</param>
internal sealed record RunDelivery(string Destination, DeliveryState State, IReadOnlyList<DeliveryAttempt> Attempts);
