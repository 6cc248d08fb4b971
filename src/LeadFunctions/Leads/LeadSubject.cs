namespace LeadFunctions.Leads;

/// <summary>What several leads are about: the events of one appointment and customer.</summary>
/// <param name="RowId">Their row in the CRM.</param>
/// <param name="Order">The higher one is the newer state.</param>
internal sealed record LeadSubject(LeadId RowId, long Order);
