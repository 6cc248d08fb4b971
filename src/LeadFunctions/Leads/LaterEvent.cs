namespace LeadFunctions.Leads;

/// <summary>A newer event of the same <see cref="LeadSubject"/>.</summary>
/// <param name="GoesHere">It has a delivery to the same destination, which nobody has discarded.</param>
internal sealed record LaterEvent(string? Event, bool GoesHere);
