using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>What a post says about one customer.</summary>
/// <param name="Folded">The customer's content with unknown names in lower case.</param>
internal sealed record PostedAppointment(string Happening, AppointmentCustomer Customer, byte[] Folded, DateTimeOffset ReceivedAt)
{
    private static readonly string[] Naming = ["CustomerId", "CustomerName", "CustomerEmail", "CustomerPhone"];
    private static readonly string[] NamingDetails = ["FirstName", "LastName", "Email", "Phone"];

    private readonly LeadContent _content = new(Customer.Content);

    /// <summary>It names no customer: it is about all whom the appointment has.</summary>
    public bool IsAboutAll => Customer.Key.Length == 0 && !Naming.Any(name => _content.Root.TryGetProperty(name, out _)) && !NamingDetails.Any(name => _content.Text("UserDetails", name) is not null);

    /// <summary>
    /// The time that a flow adds is that of its own run: it orders updates, but a creation's flow that runs late must not undo the cancellation.
    /// </summary>
    private DateTimeOffset? Dated => Happening == AppointmentEvents.Updated ? AppointmentTime.Parse(_content.Text("LastUpdatedDateTime")) : null;

    public Lead Lead(string key) => AppointmentLead.Of(Happening, key, _content, Dated, ReceivedAt, IsAboutAll);

    /// <summary>About the customer whom another lead is about.</summary>
    public Lead LeadOf(Lead other)
    {
        var lead = Lead(Customer.Key);
        return lead with { Subject = lead.Subject! with { RowId = other.RowId } };
    }

    /// <param name="known">The newest lead about the same customer.</param>
    public CustomerEvent Event(Lead lead, Lead? known)
    {
        var completed = known is null ? lead : lead with { Content = KnownAppointment.Completed(lead, known) };
        var (identity, leastWindow) = AppointmentIdentity.Of(completed, Customer.Who, Folded);
        return new CustomerEvent(completed, known, lead.Content, identity, leastWindow);
    }
}
