using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

internal static class AppointmentLead
{
    /// <param name="key">Tells the customers of a group apart; empty for an appointment of one.</param>
    /// <param name="whole">It is about all customers that the appointment has.</param>
    public static Lead Of(string happening, string key, LeadContent content, DateTimeOffset? dated, DateTimeOffset receivedAt, bool whole = false)
    {
        // Without an id nothing tells which appointment it is: then each event is a row of its own.
        var subject = (content.Text("Id") ?? content.Text("SelfServiceAppointmentId")) is { } id ? AppointmentSubject.Of(id, key, happening, dated, receivedAt, whole) : null;
        return new Lead(LeadId.New(receivedAt), Sources.Bookings, happening, receivedAt, content, subject);
    }
}
