namespace LeadFunctions.Leads;

/// <summary>Where an accepted lead goes.</summary>
/// <param name="After">It waits for the lead's delivery to this destination, whose answer it may use. Null: due at once.</param>
internal sealed record PlannedDelivery(string Destination, string? After = null);
