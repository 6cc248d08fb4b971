using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// Makes the lead of an appointment's event for one customer. An appointment and a customer together are one <see cref="SharedRow"/>: one
/// row in the CRM. All shared rows of an appointment are a group.
/// </summary>
internal static class AppointmentLead
{
    /// <param name="rowId">The customer's row.</param>
    /// <param name="happenedAt">When the event happened, if that is known.</param>
    /// <param name="isAboutAll">The event is about all customers of the appointment.</param>
    public static Lead Of(
        string eventName, LeadId rowId, LeadContent content, DateTimeOffset? happenedAt, DateTimeOffset receivedAt, bool isAboutAll = false)
    {
        var sharedRow = AppointmentFacts.AppointmentId(content) is not { } id ? null
            : new SharedRow(rowId, EventOrder.Of(Stage(eventName, isAboutAll), happenedAt, receivedAt)) { GroupId = RowId(id, "") };
        var lead = new Lead(LeadId.New(receivedAt), Sources.Bookings, eventName, receivedAt, content, sharedRow);
        return EventMerge.WithContent(lead, content, null);
    }

    /// <summary>Whether the lead cancels the appointment for all its customers.</summary>
    public static bool CancelsAll(Lead lead) => lead.SharedRow is { Order.Stage: EventStage.EndOfGroup };

    /// <summary>
    /// The id of a row: a name-based UUID, version 8 (RFC 9562, appendix B.2). The same appointment and customer always give the same id.
    /// </summary>
    /// <param name="customer">What tells the customer from others of a group; empty for an appointment of one customer.</param>
    public static LeadId RowId(string appointmentId, string customer)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Sources.Bookings}\n{appointmentId}\n{customer}"));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new LeadId(new Guid(hash.AsSpan(0, 16), bigEndian: true));
    }

    private static EventStage Stage(string eventName, bool isAboutAll) => eventName switch
    {
        AppointmentEvents.Created => EventStage.Beginning,
        AppointmentEvents.Updated => EventStage.Change,
        _ => isAboutAll ? EventStage.EndOfGroup : EventStage.End,
    };
}
