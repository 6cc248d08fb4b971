using System.Buffers;
using System.Text;
using System.Text.Json;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>What a posted event says about one customer.</summary>
/// <param name="Name">One of <see cref="AppointmentEvents"/>.</param>
/// <param name="Folded">The customer's content with unknown names in lower case.</param>
internal sealed record PostedEvent(string Name, AppointmentCustomer Customer, LeadContent Folded, DateTimeOffset ReceivedAt)
{
    private static readonly string[] Naming = ["CustomerId", "CustomerName", "CustomerEmail", "CustomerPhone"];
    private static readonly string[] NamingDetails = ["FirstName", "LastName", "Email", "Phone"];

    /// <summary>Null: nothing tells which appointment it is, so that each of its events is a row of its own.</summary>
    public string? AppointmentId => AppointmentFacts.AppointmentId(Content);

    /// <summary>It names no customer: it is about all whom the appointment has.</summary>
    public bool IsAboutAll =>
        Customer.IsOnly
        && !Naming.Any(name => Content.Root.TryGetProperty(name, out _))
        && !NamingDetails.Any(name => Content.Text("UserDetails", name) is not null);

    public NamedCustomer Named => new(Customer.Who, Name == AppointmentEvents.Created);

    private LeadContent Content => Customer.Content;

    /// <summary>
    /// The time that a flow adds is that of its own run: it orders updates, but a creation's flow that runs late must not undo the
    /// cancellation.
    /// </summary>
    private DateTimeOffset? Dated => Name == AppointmentEvents.Updated ? TimeText.Parse(Content.Text("LastUpdatedDateTime")) : null;

    /// <summary>What it means for the customer of a row.</summary>
    /// <param name="known">The newest lead about the same customer.</param>
    public CustomerEvent For(LeadId rowId, Lead? known)
    {
        var own = AppointmentLead.Of(Name, rowId, Content, Dated, ReceivedAt, IsAboutAll);
        var lead = known is null ? own : EventMerge.Complete(own, known);
        var (deduplicationText, leastWindow) = Deduplication(lead);
        return new CustomerEvent(lead, known, Content, deduplicationText, leastWindow);
    }

    /// <summary>
    /// What posts of the same event have in common, and how long they are repeats at least. A customer books an appointment once, so that
    /// a creation is recognised whatever else it says, and again once the address is known to which a welcome can go; other events by
    /// what they say, without what changes by itself.
    /// </summary>
    private (byte[] Text, TimeSpan LeastWindow) Deduplication(Lead lead)
    {
        // An appointment has an id of its own, and neither its creation nor its cancellation comes twice: a repeat is one however late.
        var comesOnce = lead is { Subject: not null, Event: not AppointmentEvents.Updated } && !Customer.IsPlace;
        if (comesOnce && lead.Event == AppointmentEvents.Created && !KnownCustomers.IsNobody(lead.Content))
        {
            var row = KnownCustomers.HasAddress(lead.Content) ? $"{lead.RowId}" : $"{lead.RowId}\nno address";
            return (Encoding.UTF8.GetBytes(row), TimeSpan.MaxValue);
        }

        var who = lead.Subject is null || Customer.IsPlace ? Customer.Keys[0] : $"{lead.RowId}";
        var key = new ArrayBufferWriter<byte>(Folded.Utf8.Length + 64);
        key.Write(Encoding.UTF8.GetBytes($"{who}\n"));
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

        // Others joined or left; and an update's time alone tells a change back to an earlier state from a repeat.
        bool IsLeftAside(JsonProperty property) =>
            property.NameEquals("FilledAttendeesCount")
            || (lead.Event != AppointmentEvents.Updated && property.NameEquals("LastUpdatedDateTime"));
    }
}

/// <summary>What an event means for one customer.</summary>
/// <param name="Lead">Completed with what was known.</param>
/// <param name="Known">The newest lead about the customer until then.</param>
/// <param name="Own">What the event itself said.</param>
/// <param name="DeduplicationText">What the same event has in common when it is posted again.</param>
/// <param name="LeastWindow">How long it is a repeat then, whatever the settings say.</param>
internal sealed record CustomerEvent(Lead Lead, Lead? Known, LeadContent Own, byte[] DeduplicationText, TimeSpan LeastWindow);
