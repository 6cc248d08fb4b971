using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>What newer events of the same shared row change about a delivery: it is pointless, or is told in the words of today.</summary>
internal static class Superseded
{
    /// <summary>Why nothing is sent; null: it is to be sent.</summary>
    /// <param name="keepsRow">
    /// The destination holds a row, which must not go back to an older state. Others tell people what happened, and are spared only what a
    /// cancellation has made untrue.
    /// </param>
    public static string? Reason(LeadDelivery delivery, bool keepsRow) =>
        keepsRow && delivery.Later.Any(later => later.GoesHere) ? "Not written: a newer event of the same row goes there."
        : !keepsRow
            && !IsCancelled(delivery.Lead)
            && delivery.Later is [.., { Event: AppointmentEvents.Cancelled }] ? "Not sent: it has been cancelled since."
        : null;

    /// <summary>
    /// For people: the delivery with what the newest lead of its shared row says, lest anybody is asked to come at a time that no longer
    /// holds. Id, event and source stay its own.
    /// </summary>
    public static LeadDelivery AsItIsNow(LeadDelivery delivery, Lead newest)
    {
        var own = delivery.Lead;
        // A cancellation tells what was cancelled, not what was booked after it.
        return newest.Id == own.Id || IsCancelled(own) != IsCancelled(newest) || IsToldAgain(delivery)
            ? delivery
            : delivery with
            {
                Lead = new Lead(own.Id, own.Source, own.Event, own.ReceivedAt, Known(newest, own), own.SharedRow) { Trace = own.Trace },
            };
    }

    /// <summary>
    /// What is newest may have come before: an update of a customer whom nobody knew then has no name and no address, until it is told
    /// again in a moment. What came later says all that holds: what it leaves out is gone, or was erased.
    /// </summary>
    private static LeadContent Known(Lead newest, Lead own) =>
        newest.ReceivedAt <= own.ReceivedAt && AppointmentFacts.AppointmentId(newest.Content) is not null
            ? EventMerge.Complete(newest, own).Content
            : newest.Content;

    /// <summary>
    /// Nobody's address was known then, and another event tells the customer the same: with the address they would hear of it twice.
    /// </summary>
    private static bool IsToldAgain(LeadDelivery delivery) =>
        delivery.Lead.Content.Text("UserDetails", "Email") is null
            && delivery.Later.Any(later => later.GoesHere && later.Event == delivery.Lead.Event);

    private static bool IsCancelled(Lead lead) => lead.Event == AppointmentEvents.Cancelled;
}
