using LeadFunctions.Leads;

namespace LeadFunctions.Intake.Appointments;

/// <summary>What a post says about one customer.</summary>
/// <param name="Folded">The customer's content with unknown names in lower case.</param>
internal sealed record PostedAppointment(string Happening, AppointmentCustomer Customer, byte[] Folded, DateTimeOffset ReceivedAt)
{
    private readonly LeadContent _content = new(Customer.Content);

    /// <summary>
    /// The time that a flow adds is that of its own run: it orders updates, but a creation's flow that runs late must not undo the cancellation.
    /// </summary>
    private DateTimeOffset? Dated => Happening == AppointmentEvents.Updated ? AppointmentTime.Parse(_content.Text("LastUpdatedDateTime")) : null;

    public Lead Lead(string key) => AppointmentLead.Of(Happening, key, _content, Dated, ReceivedAt);

    /// <param name="lead">As it was recognised.</param>
    public byte[] Identity(Lead lead) => AppointmentIdentity.Of(lead, Customer.Who, Folded);
}
