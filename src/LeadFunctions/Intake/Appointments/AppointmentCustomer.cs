namespace LeadFunctions.Intake.Appointments;

/// <summary>One customer of an appointment.</summary>
/// <param name="Who">Tells the customers of a group apart.</param>
/// <param name="Content">The appointment as this customer's own: the connector's names, and <c>UserDetails</c> as leads have them.</param>
internal sealed record AppointmentCustomer(CustomerKey Who, byte[] Content)
{
    public string Key => Who.Text;
}
