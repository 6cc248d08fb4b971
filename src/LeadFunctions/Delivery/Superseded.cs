using LeadFunctions.Appointments.Model;
using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>Whether a newer event of the same thing makes a delivery pointless.</summary>
internal static class Superseded
{
    /// <summary>Why nothing is sent; null: it is to be sent.</summary>
    /// <param name="keepsState">
    /// The destination holds a row, which must not go back to an older state. Others tell people what happened, and are spared only what a
    /// cancellation has made untrue.
    /// </param>
    public static string? Reason(LeadDelivery delivery, bool keepsState) =>
        keepsState && delivery.Later.Any(later => later.GoesHere) ? "Not written: a newer event of the same row goes there."
        : !keepsState
            && delivery.Lead.Event != AppointmentEvents.Cancelled
            && delivery.Later is [.., { Event: AppointmentEvents.Cancelled }] ? "Not sent: it has been cancelled since."
        : null;
}
