using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <param name="LastSeen">Where the next step goes on; null when there is nothing older to look at.</param>
internal readonly record struct RemovalStep(int Removed, LeadId? LastSeen);
