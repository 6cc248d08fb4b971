namespace LeadFunctions.Leads;

/// <summary>Where a delivery stands after an attempt.</summary>
/// <param name="DueAt">When it may be tried again; null when it is finished, or waits for another delivery.</param>
/// <param name="Failures">Failed attempts since it was accepted or resubmitted.</param>
/// <param name="Answer">What was kept of the remote system's answer (JSON), for deliveries that wait for this one.</param>
internal sealed record DeliveryState(DeliveryStatus Status, DateTimeOffset? DueAt, int Failures, string? LastError, string? RemoteId, string? Answer = null);
