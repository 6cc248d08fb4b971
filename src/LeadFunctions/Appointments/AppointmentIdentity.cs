using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// What posts of the same event have in common. A customer books an appointment once, so that a creation is recognised whatever else it says, and
/// again once the address is known to which a welcome can go; other events by what they say, without what changes by itself.
/// </summary>
internal static class AppointmentIdentity
{
    /// <summary>An appointment has an id of its own, and neither comes twice: what says the same is a repeat however late, as long as the lead is kept.</summary>
    private static readonly TimeSpan Always = TimeSpan.MaxValue;

    /// <param name="lead">Completed with what was known.</param>
    /// <param name="folded">What was posted, with unknown names in lower case.</param>
    /// <returns>And how long it is a repeat at least.</returns>
    public static (byte[] Identity, TimeSpan LeastWindow) Of(Lead lead, CustomerKey who, byte[] folded)
    {
        var ends = lead is { Subject: not null, Event: not AppointmentEvents.Updated } && !who.IsPlace;
        if (ends && lead.Event == AppointmentEvents.Created && !KnownAppointment.IsNobody(lead.Content))
        {
            return (Encoding.UTF8.GetBytes(KnownAppointment.HasAddress(lead.Content) ? $"{lead.RowId}" : $"{lead.RowId}\nno address"), Always);
        }

        var content = JsonObject.Create(JsonElement.Parse(folded))!;
        // Others joined or left.
        content.Remove("FilledAttendeesCount");
        if (lead.Event != AppointmentEvents.Updated)
        {
            // An update's time tells a change back to an earlier state from a repeat.
            content.Remove("LastUpdatedDateTime");
        }

        return (
            Encoding.UTF8.GetBytes($"{(lead.Subject is null || who.IsPlace ? who.Text : lead.RowId)}\n{content.ToJsonString()}"),
            ends && lead.Event == AppointmentEvents.Cancelled ? Always : TimeSpan.Zero);
    }
}
