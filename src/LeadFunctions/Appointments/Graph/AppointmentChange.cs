using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>What happened to a customer's appointment between two looks.</summary>
/// <param name="State">As it is now, or as it was before it was cancelled.</param>
/// <param name="Present">Null when it was cancelled.</param>
internal readonly record struct AppointmentChange(string Happening, string Row, string State, PresentCustomer? Present)
{
    public static IEnumerable<AppointmentChange> Of(IEnumerable<CustomerMatch> customers) => customers.Select(Of).OfType<AppointmentChange>();

    private static AppointmentChange? Of(CustomerMatch customer) => (customer.Before is { IsThere: true } before ? before : null, customer.Now) switch
    {
        (null, { IsThere: true } now) => new AppointmentChange(AppointmentEvents.Created, now.Row, now.State, customer.Present),
        ({ } was, { IsThere: false }) => new AppointmentChange(AppointmentEvents.Cancelled, was.Row, was.State, null),
        ({ } was, var now) when was.State != now.State => new AppointmentChange(AppointmentEvents.Updated, now.Row, now.State, customer.Present),
        _ => null,
    };
}
