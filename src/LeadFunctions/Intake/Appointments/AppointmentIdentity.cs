using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;

namespace LeadFunctions.Intake.Appointments;

/// <summary>
/// What posts of the same event have in common. A customer books an appointment once, so that a creation is recognised whatever else it says;
/// other events by what they say, without what changes by itself.
/// </summary>
internal static class AppointmentIdentity
{
    /// <param name="folded">The lead's content with unknown names in lower case.</param>
    public static byte[] Of(Lead lead, CustomerKey who, byte[] folded)
    {
        if (!who.IsPlace && lead is { Event: AppointmentEvents.Created, Subject: { } subject } && !KnownAppointment.IsNobody(lead.Content))
        {
            return Encoding.UTF8.GetBytes($"{subject.RowId}");
        }

        var content = JsonObject.Create(JsonElement.Parse(folded))!;
        // Others joined or left.
        content.Remove("FilledAttendeesCount");
        if (lead.Event != AppointmentEvents.Updated)
        {
            // An update's time tells a change back to an earlier state from a repeat.
            content.Remove("LastUpdatedDateTime");
        }

        return Encoding.UTF8.GetBytes($"{who.Text}\n{content.ToJsonString()}");
    }
}
