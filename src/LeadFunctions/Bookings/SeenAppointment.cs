using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeadFunctions.Bookings;

/// <summary>What the reader noted about an appointment when it last looked. Nothing about the customers but hashes: their names stay with the leads.</summary>
/// <param name="Listed">Hash of the appointment as the list showed it.</param>
/// <param name="Version">Counts what was seen to happen to it, so that an event can be told from an equal one later on.</param>
/// <param name="At">When the newest event happened.</param>
/// <param name="Customers">By what tells customers apart, the hash of what concerns them. None: cancelled.</param>
internal sealed record SeenAppointment(
    string Listed,
    long Version,
    DateTimeOffset At,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    string? ServiceName,
    IReadOnlyDictionary<string, string> Customers)
{
    public static readonly SeenAppointment Nothing = new("", 0, DateTimeOffset.UnixEpoch, null, null, null, new Dictionary<string, string>());

    /// <summary>It was there at a first look that passes over what exists, and could not be read then: what it says when it can be is no event.</summary>
    public bool PassedOver { get; init; }

    /// <summary>Null when it can't be read: then the appointment is looked at as if for the first time.</summary>
    public static SeenAppointment? Parse(string state)
    {
        try
        {
            return JsonSerializer.Deserialize(state, SeenJson.Default.SeenAppointment);
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
