using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Schema;

namespace LeadFunctions.Intake.Appointments;

/// <summary>
/// Makes leads of appointments: one for each customer. All of an appointment's leads are on disk before it is acknowledged; when one could not
/// be kept, the caller sends the same again, and those that are there already are recognised as repeats.
/// </summary>
internal sealed class AppointmentIntake(LeadKeeper keeper, TimeProvider time)
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
        return new IntakeResult.AcceptedAll(await Task.WhenAll(leads.Select(lead => keeper.KeepAsync(lead.Lead, lead.Identity)).ToArray()));
    }

    /// <summary>What a reader found out by itself.</summary>
    /// <param name="dated">When it happened.</param>
    /// <param name="identity">The same each time that the reader comes with this event, and with no other.</param>
    public Task<IntakeResult.Accepted> KeepAsync(string happening, AppointmentCustomer customer, DateTimeOffset dated, byte[] identity) =>
        keeper.KeepAsync(LeadOf(happening, customer, dated), identity, ReaderMayComeAgain);

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
        return new Lead(LeadId.New(now), Sources.Bookings, happening, now, content)
        {
            // Without an id nothing tells which appointment it is: then each event is a row of its own.
            Subject = (content.Text("Id") ?? content.Text("SelfServiceAppointmentId")) is { } id ? AppointmentSubject.Of(id, customer.Key, happening, dated, now) : null,
        };
    }
}
