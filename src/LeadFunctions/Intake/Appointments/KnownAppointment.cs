using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;

namespace LeadFunctions.Intake.Appointments;

/// <summary>
/// Completes an event with what other events of the same appointment and customer said: the connector leaves fields out as it likes, and a row
/// must not lose the customer's name over a cancellation that doesn't mention it.
/// </summary>
internal static class KnownAppointment
{
    // These are of one event alone.
    private static readonly string[] NotTaken = ["CancelReason", "LastUpdatedDateTime"];

    // One of them says nothing about another event's others.
    private static readonly string[][] Groups = [["StartTime", "EndTime", "Duration"], ["FirstName", "LastName"]];

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether nothing tells who the customer is.</summary>
    public static bool IsNobody(LeadContent content) => !content.Root.TryGetProperty("UserDetails", out _);

    /// <summary>Whether both name the same customer, by e-mail address or id.</summary>
    public static bool IsSomebodyIn(LeadContent content, LeadContent other) =>
        IsSame(content.Text("UserDetails", "Email"), other.Text("UserDetails", "Email")) || IsSame(content.Text("CustomerId"), other.Text("CustomerId"));

    /// <summary>The content with the properties that it lacks and the other one has.</summary>
    public static LeadContent Completed(LeadContent content, LeadContent known)
    {
        var completed = JsonObject.Create(content.Root)!;
        return Fill(completed, JsonObject.Create(known.Root)!) ? new LeadContent(Encoding.UTF8.GetBytes(completed.ToJsonString(Readable))) : content;
    }

    private static bool IsSame(string? one, string? other) => one is not null && one.Trim().Equals(other?.Trim(), StringComparison.OrdinalIgnoreCase);

    private static bool Fill(JsonObject target, JsonObject known)
    {
        var filled = false;
        var said = target.Select(property => property.Key).ToHashSet();
        foreach (var (name, value) in known.Where(property => !NotTaken.Contains(property.Key) && !IsOutOfPlace(property.Key, said)))
        {
            if (!target.ContainsKey(name))
            {
                target[name] = value?.DeepClone();
                filled = true;
            }
            else if (name == "UserDetails" && target[name] is JsonObject details && value is JsonObject more)
            {
                filled |= Fill(details, more);
            }
        }

        return filled;
    }

    /// <summary>A new start alone leaves the appointment as long as it was.</summary>
    private static bool IsOutOfPlace(string name, HashSet<string> said) =>
        Array.Find(Groups, group => group.Contains(name)) is { } group
        && said.Where(group.Contains).ToArray() is { Length: > 0 } given
        && !(name == "Duration" && given is ["StartTime"]);
}
