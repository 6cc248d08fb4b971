namespace LeadFunctions.Leads;

/// <summary>What several leads are about: the events of one appointment and customer are one row in the CRM.</summary>
/// <param name="RowId">The row's id, which they share.</param>
/// <param name="Order">The higher is the newer state, whatever came first; among equals the lead that came later is newer.</param>
internal sealed record LeadSubject(LeadId RowId, long Order)
{
    /// <summary>What several subjects belong to: the appointment of all its customers.</summary>
    public LeadId GroupId { get; init; } = RowId;
}
