using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <param name="LeadId">The lead's id; the earlier lead's when this one is a repeat.</param>
internal readonly record struct Acceptance(LeadId LeadId, bool IsRepeat);
