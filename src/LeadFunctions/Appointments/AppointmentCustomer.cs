using System.Globalization;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>One customer of an appointment.</summary>
/// <param name="Content">The appointment as this customer's own: the connector's names, and <c>UserDetails</c> as leads have them.</param>
/// <param name="IsOnly">The appointment has room for one customer, as far as the event says.</param>
/// <param name="Place">The place in the appointment's list at which the customer stands first.</param>
internal sealed record AppointmentCustomer(LeadContent Content, bool IsOnly, int Place = 0)
{
    public CustomerIdentity Identity { get; } = CustomerIdentity.Of(Content);

    /// <summary>
    /// Only the place in the list tells the customer from the others. At the same place of another event's list somebody else may stand.
    /// </summary>
    public bool IsKnownByPlaceOnly => !IsOnly && Identity == CustomerIdentity.Nobody;

    /// <summary>
    /// The keys that the customer's row can get its id from, best first. The best one of an only customer is empty: the row is the
    /// appointment's.
    /// </summary>
    public IReadOnlyList<string> RowKeys =>
        IsOnly ? ["", .. Identity.RowKeys]
        : IsKnownByPlaceOnly ? [string.Create(CultureInfo.InvariantCulture, $"#{Place}")]
        : [.. Identity.RowKeys];
}
