using LeadFunctions.Appointments.Model;
using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>
/// What people are told when something newer has become known by the time of the attempt: an event of its own, in the words of today.
/// </summary>
internal static class NewestState
{
    /// <summary>
    /// The delivery with what the newest lead of its subject says, lest anybody is asked to come at a time that no longer holds. Id, event
    /// and source stay its own.
    /// </summary>
    public static LeadDelivery Tell(LeadDelivery delivery, Lead newest)
    {
        var own = delivery.Lead;
        // A cancellation tells what was cancelled, not what was booked after it.
        return newest.Id == own.Id || IsCancelled(own) != IsCancelled(newest) || IsToldAgain(delivery)
            ? delivery
            : delivery with
            {
                Lead = new Lead(own.Id, own.Source, own.Event, own.ReceivedAt, newest.Content, own.Subject) { Trace = own.Trace },
            };
    }

    /// <summary>
    /// Nobody's address was known then, and another event tells the customer the same: with the address they would hear of it twice.
    /// </summary>
    private static bool IsToldAgain(LeadDelivery delivery) =>
        delivery.Lead.Content.Text("UserDetails", "Email") is null
            && delivery.Later.Any(later => later.GoesHere && later.Event == delivery.Lead.Event);

    private static bool IsCancelled(Lead lead) => lead.Event == AppointmentEvents.Cancelled;
}
