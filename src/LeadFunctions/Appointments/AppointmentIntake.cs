using System.Runtime.InteropServices;
using System.Text.Json;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Intake;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments;

/// <summary>
/// Takes the events of appointments that flows post, and makes a lead for each customer. All of an event's leads are on disk before it is
/// acknowledged. If one can't be stored, the caller posts the same again, and those that are stored are recognised as repeats.
/// </summary>
internal sealed class AppointmentIntake(LeadInbox inbox, AppointmentRecorder recorder, IntakeOptions options, TimeProvider time)
{
    /// <summary>
    /// Each value costs time when events are merged. Bookings gives some dozens for an appointment and eight for each customer.
    /// </summary>
    private const int MostValues = 10_000;

    private const int MostOfAllLeads = 4 * 1024 * 1024;

    private readonly Lazy<LeadSchema> _schema = new(LeadSchema.Appointments);

    private static readonly string Addresses = string.Join(" or ", AppointmentEvents.All.Select(known => $"/api/appointments/{known}"));

    private static readonly Violation UnknownEvent = new("", $"was posted for an unknown event; post it to {Addresses}");

    /// <summary>Takes what a flow posts: the payload that the Bookings connector gave it.</summary>
    /// <param name="postedAs">The event in the address that the flow posts to.</param>
    public async Task<IntakeResult> AcceptAsync(HttpRequest request, string? postedAs)
    {
        var eventName = AppointmentEvents.All.FirstOrDefault(known => known.Equals(postedAs, StringComparison.OrdinalIgnoreCase));
        var body = await PostedBody.ReadAsync(request, "appointment", options.MaxBodyBytes);
        var refusal = body.Refusal ?? (eventName is null ? new BodyRefusal(StatusCodes.Status404NotFound, UnknownEvent) : null);
        return refusal is not null
            ? await inbox.RefuseAsync(Sources.Bookings, eventName, refusal.HttpStatus, [refusal.Fault], body.Kept)
            : await AcceptAsync(eventName!, body);
    }

    /// <summary>Does the rest of <see cref="AcceptAsync(HttpRequest, string?)"/> once the event is known and the body is read.</summary>
    public async Task<IntakeResult> AcceptAsync(string eventName, PostedBody body)
    {
        if (Check(body, out var normalised) is { Count: > 0 } violations)
        {
            return await inbox.RefuseAsync(Sources.Bookings, eventName, StatusCodes.Status400BadRequest, violations, body.Kept);
        }

        try
        {
            return new IntakeResult.AcceptedAll((await recorder.RecordAsync(Posted(eventName, normalised, LeadInbox.Now(time))))!);
        }
        catch (StoreUnavailableException exception)
        {
            // Some of the event's leads may be stored.
            throw new StoreUnavailableException(exception.Message, exception) { MayBeStored = true };
        }
    }

    /// <summary>Takes a refused payload as it would be taken today. Its first lead has the id and the time of the refused body.</summary>
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

        // The first lead is stored last: once it is there, all are; until then the replay can be tried again.
        var kept = await recorder.RecordAsync(
            Posted(eventName, normalised, refused.ReceivedAt),
            first => inbox.ReplayAsync(first.Lead with { Id = refused.Id }, first.DeduplicationText, by, first.LeastWindow));
        return kept is null ? new IntakeResult.ReplayedBefore() : new IntakeResult.AcceptedAll(kept);
    }

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
    /// Limits the size of all leads together: each repeats what is said for all customers, so that the leads of a body of 200 KB could have
    /// 100 MB.
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

    /// <summary>Whether a payload, in its normal form, is refused because it has too many values or makes too large leads.</summary>
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
        var folded = ReferenceEquals(normalised.DeduplicationText, normalised.Json)
            ? customers
            : AppointmentSplit.ByCustomer(normalised.DeduplicationText);
        return [.. customers.Select((customer, index) => new PostedEvent(eventName, customer, folded[index].Content, receivedAt))];
    }
}
