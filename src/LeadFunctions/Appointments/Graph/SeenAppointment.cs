using System.Text.Json;
using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>What the reader noted about an appointment when it last looked. Nothing about the customers but hashes: their names stay with the leads.</summary>
/// <param name="Listed">Hash of the appointment as the list showed it.</param>
/// <param name="Version">Counts what was seen to happen to it, so that an event can be told from an equal one later on.</param>
/// <param name="At">When the newest event happened.</param>
/// <param name="People">Its customers, those who left among them.</param>
internal sealed record SeenAppointment(
    string Listed,
    long Version,
    DateTimeOffset At,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    string? ServiceName,
    IReadOnlyList<SeenCustomer> People)
{
    public static readonly SeenAppointment Nothing = new("", 0, DateTimeOffset.UnixEpoch, null, null, null, []);

    /// <summary>It was there at a first look that passes over what exists, and could not be read then: what it says when it can be is no event.</summary>
    public bool PassedOver { get; init; }

    /// <summary>In notes of an earlier version: by the row's key, the hash of what concerns the customer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Customers { get; init; }

    /// <summary>Whether it was somebody's appointment; otherwise it was cancelled.</summary>
    [JsonIgnore]
    public bool IsThere => People.Any(one => one.IsThere);

    /// <summary>Null when it can't be read: then the appointment is looked at as if for the first time.</summary>
    public static SeenAppointment? Parse(string id, string state)
    {
        try
        {
            var seen = JsonSerializer.Deserialize(state, SeenJson.Default.SeenAppointment);
            return seen?.Customers is not { } customers ? seen : seen with
            {
                Customers = null,
                People = [.. customers.Select(one => new SeenCustomer(AppointmentSubject.RowId(id, one.Key).ToString(), one.Value, CustomerTraits.None))],
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToState() => JsonSerializer.Serialize(this, SeenJson.Default.SeenAppointment);
}

[JsonSerializable(typeof(SeenAppointment))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class SeenJson : JsonSerializerContext;
