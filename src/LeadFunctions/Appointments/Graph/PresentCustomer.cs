using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>A customer as Graph shows the appointment now.</summary>
/// <param name="State">Hash of what concerns the customer.</param>
/// <param name="Keys">What gives the row's id to somebody new, best first, as for one who is posted.</param>
internal sealed record PresentCustomer(AppointmentCustomer Customer, string State, CustomerTraits Traits, IReadOnlyList<string> Keys)
{
    public static PresentCustomer Of(string appointment, AppointmentCustomer customer, string state)
    {
        var content = new LeadContent(customer.Content);
        var own = CustomerKey.Of(content.Text("CustomerEmail"), content.Text("CustomerId")?.Trim(), content.Text("CustomerName"));
        return new PresentCustomer(customer, state, CustomerTraits.Of(appointment, content), customer.Who.IsPlace || customer.Key.Length == 0 ? [customer.Key, .. own] : own);
    }
}
