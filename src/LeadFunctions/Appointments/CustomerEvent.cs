using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>What an event means for one customer.</summary>
/// <param name="Lead">Completed with what was known.</param>
/// <param name="Known">The newest lead about the customer until then.</param>
/// <param name="Said">What the event itself said.</param>
/// <param name="Identity">What the same event has in common when it is posted again.</param>
/// <param name="LeastWindow">How long it is a repeat then, whatever the settings say.</param>
internal sealed record CustomerEvent(Lead Lead, Lead? Known, LeadContent Said, byte[] Identity, TimeSpan LeastWindow);
