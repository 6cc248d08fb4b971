using System.Text;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Intake;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Stores the leads of what <see cref="BookingsReader"/> finds. Graph always tells the whole appointment, so that a creation or an update
/// has no gaps to fill: it goes straight to <see cref="LeadInbox"/>. Only two events look at the customer's newest lead: a cancellation,
/// because Graph tells nothing of an appointment that is gone; and a creation that comes again, because what it says differently is an
/// update.
/// </summary>
internal sealed class PolledEventIntake(LeadInbox inbox, AppointmentRecorder recorder, TimeProvider time)
{
    /// <summary>
    /// A reader that was killed after storing a lead, but before its sync state, comes again with the same event when it is next started,
    /// however late that is.
    /// </summary>
    private static readonly TimeSpan Always = TimeSpan.MaxValue;

    /// <param name="row">The customer's row.</param>
    /// <param name="content">An appointment with an id.</param>
    /// <param name="happenedAt">When the event happened.</param>
    /// <param name="eventKey">The same each time that the reader comes with this event of this customer.</param>
    /// <param name="contentHash">Tells what the appointment says from what it said or will say at another time.</param>
    public async Task<IntakeResult.Accepted> AcceptAsync(
        string eventName, LeadId row, LeadContent content, DateTimeOffset happenedAt, string eventKey, string contentHash)
    {
        // A creation or cancellation that comes again is a repeat, whatever it says by then. An update that says something else is another
        // update.
        var keyOfEvent = Encoding.UTF8.GetBytes(eventKey);
        var keyOfEventAndContent = Encoding.UTF8.GetBytes($"{eventKey}\n{contentHash}");
        var lead = MakeLead(eventName);
        switch (eventName)
        {
            case AppointmentEvents.Cancelled:
                return await recorder.WithNewestLeadAsync(
                    lead,
                    newest => inbox.AcceptAsync(newest is null ? lead : EventMerge.Complete(lead, newest), keyOfEvent, Always));
            case AppointmentEvents.Updated:
                return await inbox.AcceptAsync(lead, keyOfEventAndContent, Always);
            default:
                var created = await inbox.AcceptAsync(lead, keyOfEvent, Always);
                var update = MakeLead(AppointmentEvents.Updated);
                return created.IsRepeat
                    ? await recorder.WithNewestLeadAsync(
                        update,
                        newest => IsNews(update, newest)
                            ? inbox.AcceptAsync(update, keyOfEventAndContent, Always)
                            : Task.FromResult(created))
                    : created;
        }

        Lead MakeLead(string name) => AppointmentLead.Of(name, row, content, happenedAt, LeadInbox.Now(time));
    }

    /// <summary>
    /// Whether an update says something else than the newest lead. It is no news when another instance has stored a later event meanwhile.
    /// </summary>
    private static bool IsNews(Lead update, Lead? newest) =>
        newest is not null && update.SharedRow!.Order >= newest.SharedRow!.Order
        && (newest.Event == AppointmentEvents.Cancelled
            || EventMerge.SaysMore(update.Content, newest.Content)
            || EventMerge.SaysMore(newest.Content, update.Content));
}
