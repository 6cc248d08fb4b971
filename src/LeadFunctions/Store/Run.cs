using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>A lead with everything that happened to it.</summary>
/// <param name="RepeatedAt">When the same lead was posted again within the duplicate window.</param>
/// <param name="Audit">What people did to it, in time order.</param>
internal sealed record Run(
    Lead Lead, IReadOnlyList<RunDelivery> Deliveries, IReadOnlyList<DateTimeOffset> RepeatedAt, IReadOnlyList<AuditEntry> Audit);

/// <param name="Attempts">In the order in which they were made.</param>
/// <param name="After">The destination that it waits for, or waited for.</param>
/// <param name="Request">What the last attempt sent; null in lists, and when nothing was sent.</param>
internal sealed record RunDelivery(
    string Destination, DeliveryState State, IReadOnlyList<DeliveryAttempt> Attempts, string? After = null, string? Request = null);
