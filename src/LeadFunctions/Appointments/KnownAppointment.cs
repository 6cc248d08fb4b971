using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// Completes an event with what other events of the same appointment and customer said: the connector leaves fields out as it likes, and a row
/// must not lose the customer's name over a cancellation that doesn't mention it.
/// </summary>
internal static class KnownAppointment
{
    private static readonly string[] ChangesByItself = ["LastUpdatedDateTime", "FilledAttendeesCount", LeadContent.FromOtherEvents];

    // Beside what begins with "Customer".
    private static readonly string[] OfOneCustomer = ["UserDetails", "CustomQuestionAnswers", "SelfServiceAppointmentId"];

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether nothing about the customer can be told to people.</summary>
    public static bool IsNobody(LeadContent content) => !content.Root.TryGetProperty("UserDetails", out _);

    /// <summary>Whether mails can go to the customer.</summary>
    public static bool HasAddress(LeadContent content) => content.Text("UserDetails", "Email") is not null;

    /// <summary>Whether anything tells the customer from others.</summary>
    public static bool NamesSomebody(LeadContent content) => !IsNobody(content) || content.Text("CustomerId") is not null;

    /// <summary>What people are known by: id, address, name.</summary>
    public static IEnumerable<string> Names(LeadContent content) =>
        new[] { content.Text("CustomerId"), Clean(content.Text("UserDetails", "Email")), content.Text("CustomerName") }.Select(CustomerKey.Folded).OfType<string>();

    /// <summary>How sure it is that both name the same customer; 0: not at all. By id; by address, unless the names differ (families share one); by name when nothing else tells.</summary>
    public static int Likeness(LeadContent content, LeadContent other)
    {
        var (id, email, name) = (Same(content, other, "CustomerId"), Same(content, other, "UserDetails", "Email"), Same(content, other, "CustomerName"));
        var isSame = id == true || (email == true && name != false) || (name == true && email is null && id is null);
        return isSame ? (id == true ? 4 : 0) + (email == true ? 2 : 0) + (name == true ? 1 : 0) : 0;
    }

    /// <summary>
    /// Whether an event names another customer than a lead of its row: by id, or by address and name. One of these alone an update may have changed; but of
    /// two creations each names its customer as they booked, and people who share an address or a name are two.
    /// </summary>
    public static bool Contradicts(Lead lead, Lead known)
    {
        if (Likeness(lead.Content, known.Content) > 0)
        {
            return false;
        }

        var (id, email, name) = (Same(lead.Content, known.Content, "CustomerId"), Same(lead.Content, known.Content, "UserDetails", "Email"), Same(lead.Content, known.Content, "CustomerName"));
        return id == false || (email == false && name == false)
            || (lead.Event == AppointmentEvents.Created && known.Event == AppointmentEvents.Created && name != true && (email == false || name == false));
    }

    /// <summary>What an event said about the whole appointment, without the customer.</summary>
    public static LeadContent OfAll(LeadContent content) => Without(content, name => name.StartsWith("Customer", StringComparison.Ordinal) || OfOneCustomer.Contains(name));

    /// <summary>Without what changes by itself.</summary>
    public static LeadContent Lasting(LeadContent content) => Without(content, ChangesByItself.Contains);

    /// <summary>Whether the content says anything that the other one doesn't, apart from what changes by itself.</summary>
    public static bool SaysMore(LeadContent content, LeadContent known) =>
        content.Root.EnumerateObject().Any(property => !ChangesByItself.Contains(property.Name)
            && !(known.Root.TryGetProperty(property.Name, out var value) && JsonElement.DeepEquals(value, property.Value)));

    /// <summary>The lead's content with what it left out and another event says; of several that say it, the newest.</summary>
    public static LeadContent Completed(Lead lead, Lead known)
    {
        var pieces = SaidPieces.Of(lead);
        return pieces.Take(SaidPieces.Of(known)) ? Content(pieces.Together()) : lead.Content;
    }

    private static LeadContent Without(LeadContent content, Func<string, bool> isLeftOut)
    {
        var rest = JsonObject.Create(content.Root)!;
        foreach (var name in rest.Select(property => property.Key).Where(isLeftOut).ToArray())
        {
            rest.Remove(name);
        }

        return Content(rest);
    }

    private static LeadContent Content(JsonObject content) => new(Encoding.UTF8.GetBytes(content.ToJsonString(Readable)));

    /// <summary>Null when one of them doesn't say it.</summary>
    private static bool? Same(LeadContent one, LeadContent other, params ReadOnlySpan<string> path) =>
        CustomerKey.Folded(Clean(one.Text(path))) is { } text && CustomerKey.Folded(Clean(other.Text(path))) is { } same ? text == same : null;

    /// <summary>What an earlier version kept as it came is still the same person's.</summary>
    private static string? Clean(string? text) => text is not null && text.Contains('@', StringComparison.Ordinal) ? EmailText.Clean(text) : text;
}
