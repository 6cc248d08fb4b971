using System.Buffers;
using System.Text;
using System.Text.Json;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>What a posted event says about one customer.</summary>
/// <param name="Name">One of <see cref="AppointmentEvents"/>.</param>
/// <param name="Folded">The customer's content with unknown names in lower case, so that their casing doesn't make another event.</param>
internal sealed record PostedEvent(string Name, AppointmentCustomer Customer, LeadContent Folded, DateTimeOffset ReceivedAt)
{
    // Any of these names a customer.
    private static readonly string[] Naming = ["CustomerId", "CustomerName", "CustomerEmail", "CustomerPhone"];
    private static readonly string[] NamingDetails = ["FirstName", "LastName", "Email", "Phone"];

    /// <summary>Null when nothing tells which appointment it is: then each of its events has a row of its own.</summary>
    public string? AppointmentId => AppointmentFacts.AppointmentId(Content);

    /// <summary>The event names no customer: it is about all customers of the appointment.</summary>
    public bool IsAboutAll =>
        Customer.IsOnly
        && !Naming.Any(name => Content.Root.TryGetProperty(name, out _))
        && !NamingDetails.Any(name => Content.Text("UserDetails", name) is not null);

    public CustomerMention Mention => new(Customer.Identity, Name == AppointmentEvents.Created);

    private LeadContent Content => Customer.Content;

    /// <summary>
    /// When the event happened; known only of updates. A flow adds the time of its own run: a creation's flow that runs late must not undo
    /// the cancellation.
    /// </summary>
    private DateTimeOffset? HappenedAt => Name == AppointmentEvents.Updated ? TimeText.Parse(Content.Text("LastUpdatedDateTime")) : null;

    /// <summary>The lead that the event is for the customer of a row.</summary>
    /// <param name="newest">The newest stored lead of that customer.</param>
    public PlannedLead PlanFor(LeadId rowId, Lead? newest)
    {
        var own = AppointmentLead.Of(Name, rowId, Content, HappenedAt, ReceivedAt, IsAboutAll);
        var lead = newest is null ? own : EventMerge.Complete(own, newest);
        var (deduplicationText, leastWindow) = Deduplication(lead);
        return new PlannedLead(lead, newest, Content, deduplicationText, leastWindow);
    }

    /// <summary>
    /// What all posts of the same event have in common, and how long a post counts as a repeat at least. A customer books an appointment
    /// once: a creation is recognised by its row, whatever else it says. (It counts once more when the address becomes known: only then can
    /// a welcome be sent.) Other events are recognised by what they say, without what changes by itself.
    /// </summary>
    private (byte[] Text, TimeSpan LeastWindow) Deduplication(Lead lead)
    {
        // Nobody books or cancels the same appointment twice: another creation or cancellation is a repeat, however late it comes.
        var comesOnce = lead is { SharedRow: not null, Event: not AppointmentEvents.Updated } && !Customer.IsKnownByPlaceOnly;
        if (comesOnce && lead.Event == AppointmentEvents.Created && AppointmentFacts.HasCustomerDetails(lead.Content))
        {
            var row = AppointmentFacts.HasCustomerAddress(lead.Content) ? $"{lead.RowId}" : $"{lead.RowId}\nno address";
            return (Encoding.UTF8.GetBytes(row), TimeSpan.MaxValue);
        }

        var customer = lead.SharedRow is null || Customer.IsKnownByPlaceOnly ? Customer.RowKeys[0] : $"{lead.RowId}";
        var key = new ArrayBufferWriter<byte>(Folded.Utf8.Length + 64);
        key.Write(Encoding.UTF8.GetBytes($"{customer}\n"));
        using (var json = new Utf8JsonWriter(key))
        {
            json.WriteStartObject();
            foreach (var property in Folded.Root.EnumerateObject().Where(property => !IsLeftAside(property)))
            {
                property.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return (key.WrittenSpan.ToArray(), comesOnce && lead.Event == AppointmentEvents.Cancelled ? TimeSpan.MaxValue : TimeSpan.Zero);

        // The count changes when other customers join or leave. The time counts for updates only: it alone tells a change back to an
        // earlier state from a repeat.
        bool IsLeftAside(JsonProperty property) =>
            property.NameEquals("FilledAttendeesCount")
            || (lead.Event != AppointmentEvents.Updated && property.NameEquals("LastUpdatedDateTime"));
    }
}
