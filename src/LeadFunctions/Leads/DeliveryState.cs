namespace LeadFunctions.Leads;

/// <summary>Where a delivery stands after an attempt.</summary>
/// <param name="DueAt">When it may be tried again; null when it is finished.</param>
/// <param name="Failures">Failed attempts since it was accepted or resubmitted.</param>
internal sealed record DeliveryState(DeliveryStatus Status, DateTimeOffset? DueAt, int Failures, string? LastError, string? RemoteId);
