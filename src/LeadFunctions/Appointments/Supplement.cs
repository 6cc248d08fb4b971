using System.Text;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>A supplementary lead: it says again what an earlier lead said, with what is known now.</summary>
/// <param name="DeduplicationText">What makes the same supplement a repeat when it is made again.</param>
/// <param name="ToRowsOnly">Only rows gain from it: people would be told the same twice.</param>
internal sealed record Supplement(Lead Lead, byte[] DeduplicationText, bool ToRowsOnly)
{
    /// <summary>
    /// Fills the gaps of a customer's newer lead from an older one; null when the older one has nothing to add.
    /// Example: the cancellation is stored first, without a phone number; the creation, which has one, arrives later.
    /// </summary>
    public static Supplement? CompleteNewer(Lead newer, Lead older, DateTimeOffset now)
    {
        var complete = EventMerge.Complete(newer, older);
        if (ReferenceEquals(complete, newer))
        {
            return null;
        }

        // Who could be told by the newer lead has been told, and a customer is welcomed once.
        var toRowsOnly = AppointmentFacts.HasCustomerAddress(newer.Content)
            || (newer.Event == AppointmentEvents.Created && AppointmentFacts.HasCustomerAddress(older.Content));
        return new Supplement(
            complete with { Id = LeadId.New(now), ReceivedAt = now },
            [.. Encoding.UTF8.GetBytes($"told again\n{newer.Id}\n"), .. complete.Content.Utf8],
            toRowsOnly);
    }

    /// <summary>
    /// Takes a repeated creation that says more than the first one.
    /// Example: a second <c>created</c> names the company, which the first one left out.
    /// </summary>
    public static Supplement OfRepeatedCreation(PlannedLead repeated) => new(
        repeated.Lead,
        [.. Encoding.UTF8.GetBytes($"said with more\n{repeated.Lead.RowId}\n"), .. EventMerge.Lasting(repeated.OwnContent).Utf8],
        ToRowsOnly: true);

    /// <summary>
    /// Gives a newcomer an event of the whole appointment.
    /// Example: the appointment was cancelled for all; then a creation arrives, of a customer who was not known at that time.
    /// </summary>
    /// <param name="whole">The event of the whole appointment.</param>
    /// <param name="newcomer">The lead that makes the customer known.</param>
    public static Supplement ForNewcomer(Lead whole, Lead newcomer, DateTimeOffset now)
    {
        var sharedRow = newcomer.SharedRow! with { Order = whole.SharedRow!.Order };
        var lead = whole with { Id = LeadId.New(now), ReceivedAt = now, SharedRow = sharedRow };
        var shared = EventMerge.WithContent(lead, EventMerge.WithoutCustomer(whole.Content), whole.SharedRow.FromOtherEvents);
        return new Supplement(
            EventMerge.Complete(shared, newcomer),
            Encoding.UTF8.GetBytes($"told to all\n{newcomer.RowId}\n{whole.SharedRow.Order.Stored}"),
            ToRowsOnly: false);
    }
}
