namespace LeadFunctions.Appointments.Graph;

/// <summary>A customer of an appointment as the reader noted it.</summary>
/// <param name="Row">The row id that was given at first sight; it stays, whatever becomes of the address or the name.</param>
/// <param name="State">Hash of what concerns the customer; empty: it is not the customer's appointment any more.</param>
internal sealed record SeenCustomer(string Row, string State, CustomerTraits Traits)
{
    public bool IsThere => State.Length > 0;
}
