using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Intake;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments;

/// <summary>
/// Makes leads of appointments: one for each customer. All of an appointment's leads are on disk before it is acknowledged; when one
/// could not be kept, the caller sends the same again, and those that are there already are recognised as repeats.
/// </summary>
internal sealed class AppointmentIntake(
    LeadInbox inbox,
    ILeadIntakeStore store,
    IRunHistoryStore history,
    IntakeOptions options,
    TimeProvider time)
{
    /// <summary>
    /// A reader that was killed between keeping a lead and noting it comes again with the same event, however much later it is started
    /// again.
    /// </summary>
    private static readonly TimeSpan Always = TimeSpan.MaxValue;

    /// <summary>
    /// Bookings knows some dozens for an appointment and eight for a customer. What events say is taken together value by value.
    /// </summary>
    private const int MostValues = 10_000;

    private const int MostOfAllLeads = 4 * 1024 * 1024;

    private readonly AppointmentRecorder _recorder = new(inbox, store, history);
    private readonly Lazy<LeadSchema> _schema = new(LeadSchema.Appointments);

    private static readonly string Addresses = string.Join(" or ", AppointmentEvents.All.Select(known => $"/api/appointments/{known}"));

    private static readonly Violation UnknownEvent = new("", $"was posted for an unknown event; post it to {Addresses}");

    /// <summary>What a flow posts: a payload as the Bookings connector gives it.</summary>
    /// <param name="postedAs">The event in the address that it was posted to.</param>
    public async Task<IntakeResult> AcceptAsync(HttpRequest request, string? postedAs)
    {
        var eventName = AppointmentEvents.All.FirstOrDefault(known => known.Equals(postedAs, StringComparison.OrdinalIgnoreCase));
        var body = await PostedBody.ReadAsync(request, "appointment", options.MaxBodyBytes);
        var refusal = body.Refusal ?? (eventName is null ? new BodyRefusal(StatusCodes.Status404NotFound, UnknownEvent) : null);
        return refusal is not null
            ? await inbox.RefuseAsync(Sources.Bookings, eventName, refusal.HttpStatus, [refusal.Fault], body.Kept)
            : await AcceptAsync(eventName!, body);
    }

    /// <summary>As <see cref="AcceptAsync(HttpRequest, string?)"/>, once the event is known and the body is read.</summary>
    public async Task<IntakeResult> AcceptAsync(string eventName, PostedBody body)
    {
        if (Check(body, out var normalised) is { Count: > 0 } violations)
        {
            return await inbox.RefuseAsync(Sources.Bookings, eventName, StatusCodes.Status400BadRequest, violations, body.Kept);
        }

        try
        {
            return new IntakeResult.AcceptedAll((await _recorder.RecordAsync(Posted(eventName, normalised, LeadInbox.Now(time))))!);
        }
        catch (StoreUnavailableException exception)
        {
            // Of its leads some may be there.
            throw new StoreUnavailableException(exception.Message, exception) { MayBeStored = true };
        }
    }

    /// <summary>Takes a payload that was refused, as it would be taken today; its first lead has the refused body's id and time.</summary>
    public async Task<IntakeResult> ReplayAsync(RefusedBody refused, string by)
    {
        if (refused.ReplayedAt is not null)
        {
            return new IntakeResult.ReplayedBefore();
        }

        if (refused.Event is not { } eventName)
        {
            return new IntakeResult.Refused(StatusCodes.Status404NotFound, [UnknownEvent], refused.Id);
        }

        if (Check(PostedBody.Of(refused.Body), out var normalised) is { Count: > 0 } violations)
        {
            return new IntakeResult.Refused(StatusCodes.Status400BadRequest, violations, refused.Id);
        }

        // The first one last: when it is there, all are, and until then it can be tried again.
        var kept = await _recorder.RecordAsync(
            Posted(eventName, normalised, refused.ReceivedAt),
            first => inbox.ReplayAsync(first.Lead with { Id = refused.Id }, first.DeduplicationText, by, first.LeastWindow));
        return kept is null ? new IntakeResult.ReplayedBefore() : new IntakeResult.AcceptedAll(kept);
    }

    /// <summary>
    /// What the reader of calendars found. It says everything about the appointment, except of one that is gone. A creation that comes
    /// again is a repeat, whatever it says by then; what it says differently is kept as an update.
    /// </summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="content">The appointment has an id.</param>
    /// <param name="dated">When it happened.</param>
    /// <param name="occasion">The same each time that the reader comes with this event of the customer's.</param>
    /// <param name="state">What tells the customer's appointment from how it was or will be at another time.</param>
    public async Task<IntakeResult.Accepted> AcceptFoundAsync(
        string eventName, LeadId row, LeadContent content, DateTimeOffset dated, string occasion, string state)
    {
        var lead = Read(eventName, row, content, dated);
        var (whatever, exactly) = (Encoding.UTF8.GetBytes(occasion), Encoding.UTF8.GetBytes($"{occasion}\n{state}"));
        switch (eventName)
        {
            case AppointmentEvents.Cancelled:
                return await _recorder.WithNewestLeadAsync(
                    lead, known => inbox.AcceptAsync(known is null ? lead : EventMerge.Complete(lead, known), whatever, Always));
            case AppointmentEvents.Updated:
                return await inbox.AcceptAsync(lead, exactly, Always);
            default:
                var created = await inbox.AcceptAsync(lead, whatever, Always);
                var update = Read(AppointmentEvents.Updated, row, content, dated);
                return created.IsRepeat
                    ? await _recorder.WithNewestLeadAsync(
                        update, known => IsNews(update, known) ? inbox.AcceptAsync(update, exactly, Always) : Task.FromResult(created))
                    : created;
        }
    }

    private Lead Read(string eventName, LeadId row, LeadContent content, DateTimeOffset dated) =>
        AppointmentLead.Of(eventName, row, content, dated, LeadInbox.Now(time));

    /// <summary>False too when another instance has stored an event of a newer list meanwhile.</summary>
    private static bool IsNews(Lead update, Lead? known) =>
        known is not null && update.Subject!.Order >= known.Subject!.Order
        && (known.Event == AppointmentEvents.Cancelled
            || EventMerge.SaysMore(update.Content, known.Content)
            || EventMerge.SaysMore(known.Content, update.Content));

    private List<Violation> Check(PostedBody body, out NormalisedLead normalised)
    {
        normalised = default;
        if (BodyFault.Of(body, out var document) is { } fault)
        {
            return [fault];
        }

        using (document)
        {
            if (TooMany(body.Text.Span) is { } many)
            {
                return [many];
            }

            normalised = LeadNormaliser.Normalise(document!.RootElement, _schema.Value.Outline);
            if (normalised.IsEmpty)
            {
                return [new Violation("", "says nothing: every property is absent, null or blank; send what the Bookings trigger gives")];
            }

            return normalised.SurelyValid ? TooMuch(normalised.Json) : [.. _schema.Value.Validate(normalised.Json)];
        }
    }

    /// <summary>
    /// Each customer's lead repeats what all have in common: a body of 200 KB could be made so that its leads have 100 MB.
    /// </summary>
    private static List<Violation> TooMuch(byte[] json)
    {
        var root = JsonElement.Parse(json);
        if (!root.TryGetProperty("Customers", out var customers) || customers.GetArrayLength() is var count && count < 2)
        {
            return [];
        }

        var shared = json.Length - JsonMarshal.GetRawUtf8Value(customers).Length;
        return (long)count * shared <= MostOfAllLeads ? [] : [new Violation(
            "/Customers",
            $"has {count} customers, and each would get a lead with the {shared} bytes that are said for all: "
                + $"more than {MostOfAllLeads} bytes together; post them in parts, or say less for all")];
    }

    /// <summary>Whether a payload in its normal form is refused for how much it says.</summary>
    public static bool IsTooMuch(byte[] json) => TooMany(json) is not null || TooMuch(json).Count > 0;

    private static Violation? TooMany(ReadOnlySpan<byte> json)
    {
        var values = 0;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            values += reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray ? 0 : 1;
        }

        return values <= MostValues
            ? null
            : new Violation(
                "",
                $"has {values} values, and an appointment has {MostValues} at most; post its customers in parts, or say less");
    }

    private static PostedEvent[] Posted(string eventName, NormalisedLead normalised, DateTimeOffset receivedAt)
    {
        var customers = AppointmentSplit.ByCustomer(normalised.Json);
        var folded = ReferenceEquals(normalised.Folded, normalised.Json) ? customers : AppointmentSplit.ByCustomer(normalised.Folded);
        return [.. customers.Select((customer, index) => new PostedEvent(eventName, customer, folded[index].Content, receivedAt))];
    }
}
