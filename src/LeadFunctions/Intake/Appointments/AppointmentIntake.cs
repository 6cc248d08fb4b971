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

    /// <summary>A payload as the Bookings connector gives it.</summary>
    public async Task<IntakeResult> TakeAsync(string happening, ReadOnlyMemory<byte> body)
    {
        if (Check(BodyText.Utf8(body), out var normalised) is { Count: > 0 } violations)
        {
            return await keeper.RefuseAsync(Sources.Bookings, happening, StatusCodes.Status400BadRequest, violations, body);
        }

        var identities = AppointmentCustomers.Of(normalised.Identity);
        var leads = AppointmentCustomers.Of(normalised.Json).Select((customer, index) => (
            Lead: LeadOf(happening, customer, AppointmentTime.Parse(new LeadContent(customer.Content).Text("LastUpdatedDateTime"))),
            Identity: Encoding.UTF8.GetBytes($"{customer.Key}\n").Concat(identities[index].Content).ToArray()));
        // At once, so that they share a commit.
        return new IntakeResult.AcceptedAll(await Task.WhenAll(leads.Select(lead => CompleteAndKeepAsync(lead.Lead, lead.Identity)).ToArray()));
    }

    /// <summary>What a reader found out by itself. It says everything, except of an appointment that is gone.</summary>
    /// <param name="dated">When it happened.</param>
    /// <param name="identity">The same each time that the reader comes with this event, and with no other.</param>
    public async Task<IntakeResult.Accepted> KeepAsync(string happening, AppointmentCustomer customer, DateTimeOffset dated, byte[] identity)
    {
        var lead = LeadOf(happening, customer, dated);
        if (happening == AppointmentEvents.Cancelled && lead.Subject is { } subject && await store.FindNewestAsync(subject.RowId) is { } newest)
        {
            lead = lead with { Content = KnownAppointment.Completed(lead.Content, newest.Content) };
        }

        return await keeper.KeepAsync(lead, identity, ReaderMayComeAgain);
    }

    private async Task<IntakeResult.Accepted> CompleteAndKeepAsync(Lead lead, byte[] identity)
    {
        if (lead.Subject is not { } subject || await store.FindNewestAsync(subject.RowId) is not { } newest)
        {
            return await keeper.KeepAsync(lead, identity);
        }

        var accepted = await keeper.KeepAsync(lead with { Content = KnownAppointment.Completed(lead.Content, newest.Content) }, identity);
        if (newest.Subject!.Order > subject.Order && KnownAppointment.IsNobody(newest.Content) && !KnownAppointment.IsNobody(lead.Content))
        {
            // The newer event came first and didn't say who the customer is: now it can be told.
            var told = LeadOf(newest, KnownAppointment.Completed(newest.Content, lead.Content));
            await keeper.KeepAsync(told, [.. identity, .. Encoding.UTF8.GetBytes($"\n{newest.Id}")], ReaderMayComeAgain);
        }

        return accepted;
    }

    private Lead LeadOf(Lead again, LeadContent content)
    {
        var now = LeadKeeper.Now(time);
        return again with { Id = LeadId.New(now), ReceivedAt = now, Content = content };
    }

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

    private Lead LeadOf(string happening, AppointmentCustomer customer, DateTimeOffset? dated)
    {
        var (now, content) = (LeadKeeper.Now(time), new LeadContent(customer.Content));
        // Without an id nothing tells which appointment it is: then each event is a row of its own.
        var subject = (content.Text("Id") ?? content.Text("SelfServiceAppointmentId")) is { } id ? AppointmentSubject.Of(id, customer.Key, happening, dated, now) : null;
        return new Lead(LeadId.New(now), Sources.Bookings, happening, now, content, subject);
    }
}
