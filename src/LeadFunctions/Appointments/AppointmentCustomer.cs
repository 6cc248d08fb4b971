namespace LeadFunctions.Appointments;

/// <summary>One customer of an appointment.</summary>
/// <param name="Who">Tells the customers of a group apart.</param>
/// <param name="Content">The appointment as this customer's own: the connector's names, and <c>UserDetails</c> as leads have them.</param>
/// <param name="Place">Where the customer stands first in the appointment's list.</param>
internal sealed record AppointmentCustomer(CustomerKey Who, byte[] Content, int Place = 0)
{
    public string Key => Who.Text;
}
