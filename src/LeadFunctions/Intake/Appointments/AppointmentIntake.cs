using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Schema;
using LeadFunctions.Store;

namespace LeadFunctions.Intake.Appointments;

/// <summary>
/// Makes leads of appointments: one for each customer. All of an appointment's leads are on disk before it is acknowledged; when one could not
/// be kept, the caller sends the same again, and those that are there already are recognised as repeats.
/// </summary>
internal sealed class AppointmentIntake(LeadKeeper keeper, ILeadStore store, TimeProvider time)
{
    /// <summary>A reader that was killed between keeping a lead and noting it comes again with the same event.</summary>
    private static readonly TimeSpan ReaderMayComeAgain = TimeSpan.FromDays(1);

    private readonly Lazy<LeadSchema> _schema = new(LeadSchema.Appointments);

    public static Violation UnknownEvent { get; } =
        new("", $"was posted for an event that there is not; post it to {string.Join(" or ", AppointmentEvents.All.Select(known => $"/api/appointments/{known}"))}");

    /// <summary>A payload as the Bookings connector gives it.</summary>
    public async Task<IntakeResult> TakeAsync(string happening, ReadOnlyMemory<byte> body)
    {
        if (Check(BodyText.Utf8(body), out var normalised) is { Count: > 0 } violations)
        {
            return await keeper.RefuseAsync(Sources.Bookings, happening, StatusCodes.Status400BadRequest, violations, body);
        }

        // At once, so that they share a commit.
        var leads = Posted(happening, normalised, LeadKeeper.Now(time));
        return new IntakeResult.AcceptedAll(await Task.WhenAll(leads.Select(CompleteAndKeepAsync)));
    }

    /// <summary>Takes a payload that was refused, as it would be taken today; its first lead has the refused body's id and time.</summary>
    public async Task<IntakeResult> ReplayAsync(RefusedBody refused, string by)
    {
        if (refused.ReplayedAt is not null)
        {
            return new IntakeResult.ReplayedBefore();
        }

        if (refused.Event is not { } happening)
        {
            return new IntakeResult.Refused(StatusCodes.Status404NotFound, [UnknownEvent], refused.Id);
        }

        if (Check(BodyText.Utf8(refused.Body), out var normalised) is { Count: > 0 } violations)
        {
            return new IntakeResult.Refused(StatusCodes.Status400BadRequest, violations, refused.Id);
        }

        // The first one last: when it is there, all are, and until then it can be tried again.
        var leads = Posted(happening, normalised, refused.ReceivedAt);
        var others = await Task.WhenAll(leads.Skip(1).Select(CompleteAndKeepAsync));
        var (lead, newest) = await RecogniseAsync(leads[0]);
        var first = Completed(lead with { Id = refused.Id }, newest);
        return await keeper.ReplayAsync(first, leads[0].Identity(lead), by) is { } accepted ? new IntakeResult.AcceptedAll([accepted, .. others]) : new IntakeResult.ReplayedBefore();
    }

    /// <summary>What a reader found out by itself. It says everything, except of an appointment that is gone.</summary>
    /// <param name="dated">When it happened.</param>
    /// <param name="identity">The same each time that the reader comes with this event, and with no other.</param>
    public async Task<IntakeResult.Accepted> KeepAsync(string happening, AppointmentCustomer customer, DateTimeOffset dated, byte[] identity)
    {
        var lead = AppointmentLead.Of(happening, customer.Key, new LeadContent(customer.Content), dated, LeadKeeper.Now(time));
        return await keeper.KeepAsync(happening == AppointmentEvents.Cancelled ? Completed(lead, await NewestAsync(lead)) : lead, identity, ReaderMayComeAgain);
    }

    private async Task<IntakeResult.Accepted> CompleteAndKeepAsync(PostedAppointment posted)
    {
        var (lead, newest) = await RecogniseAsync(posted);
        var identity = posted.Identity(lead);
        var accepted = await keeper.KeepAsync(Completed(lead, newest), identity);
        if (newest is not null && newest.Subject!.Order > lead.Subject!.Order
            && KnownAppointment.Completed(newest.Content, lead.Content) is var fuller && fuller != newest.Content)
        {
            // The newer event came first and left out what this one says: now it can be told.
            var told = newest with { Id = LeadId.New(lead.ReceivedAt), ReceivedAt = lead.ReceivedAt, Content = fuller };
            await keeper.KeepAsync(told, [.. identity, .. Encoding.UTF8.GetBytes($"\n{newest.Id}")], ReaderMayComeAgain);
        }

        return accepted;
    }

    /// <summary>The lead, and the newest one about the same customer's appointment.</summary>
    private async Task<(Lead Lead, Lead? Newest)> RecogniseAsync(PostedAppointment posted)
    {
        var lead = posted.Lead(posted.Customer.Key);
        if (posted.Customer.Who.IsPlace)
        {
            return (lead, null);
        }

        if (await NewestAsync(lead) is { } newest)
        {
            return (lead, newest);
        }

        var other = posted.Customer.Who.Other is { } key ? posted.Lead(key) : lead;
        return other.RowId != lead.RowId && await NewestAsync(other) is { } known && KnownAppointment.IsSomebodyIn(lead.Content, known.Content) ? (other, known) : (lead, null);
    }

    private async Task<Lead?> NewestAsync(Lead lead) => lead.Subject is { } subject ? await store.FindNewestAsync(subject.RowId) : null;

    private static Lead Completed(Lead lead, Lead? newest) => newest is null ? lead : lead with { Content = KnownAppointment.Completed(lead.Content, newest.Content) };

    private List<Violation> Check(ReadOnlyMemory<byte> text, out NormalisedLead normalised)
    {
        normalised = default;
        if (BodyFault.Of(text, out var document) is { } fault)
        {
            return [fault];
        }

        using (document)
        {
            normalised = LeadNormaliser.Normalise(document!.RootElement, _schema.Value.Outline);
            return normalised.IsEmpty
                ? [new Violation("", "says nothing: every property is absent, null or blank; send what the Bookings trigger gives")]
                : [.. _schema.Value.Validate(normalised.Json)];
        }
    }

    private static PostedAppointment[] Posted(string happening, NormalisedLead normalised, DateTimeOffset receivedAt)
    {
        var folded = AppointmentCustomers.Of(normalised.Identity);
        return [.. AppointmentCustomers.Of(normalised.Json).Select((customer, index) => new PostedAppointment(happening, customer, folded[index].Content, receivedAt))];
    }
}
