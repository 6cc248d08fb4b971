using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// What the reader remembers of an appointment from the last time that it read it. Of the customers it keeps hashes only; their names stay
/// in the leads. The names in JSON are those of the states that are stored already.
/// </summary>
/// <param name="ListedHash">Hash of the appointment as the list showed it.</param>
/// <param name="Version">Counts the times that the appointment was seen to change. It tells an event from an equal one later on.</param>
/// <param name="At">When the newest event happened.</param>
/// <param name="People">The customers of the appointment, also those who left it.</param>
internal sealed record SyncState(
    [property: JsonPropertyName("Listed")] string ListedHash,
    long Version,
    DateTimeOffset At,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    string? ServiceName,
    IReadOnlyList<SyncedCustomer> People)
{
    public static readonly SyncState None = new("", 0, DateTimeOffset.UnixEpoch, null, null, null, []);

    /// <summary>
    /// The appointment existed at the first reading, which was to pass over what exists, and could not be read. When it can be read, that
    /// is no event.
    /// </summary>
    public bool PassedOver { get; init; }

    /// <summary>Only in states that an earlier version stored: the hash of each customer's content, by the key of the row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Customers { get; init; }

    /// <summary>Whether the appointment had a customer; otherwise it was cancelled.</summary>
    [JsonIgnore]
    public bool IsThere => People.Any(one => one.IsThere);

    /// <summary>Reads a stored state. Null when it is unreadable: the appointment is then read as if for the first time.</summary>
    public static SyncState? Parse(string appointmentId, string json)
    {
        try
        {
            var state = JsonSerializer.Deserialize(json, SyncJson.Default.SyncState);
            return state?.Customers is not { } customers
                ? state
                : state with
                {
                    Customers = null,
                    People =
                    [
                        .. customers.Select(one => new SyncedCustomer(
                            AppointmentLead.RowId(appointmentId, one.Key).ToString(),
                            one.Value,
                            CustomerIdentity.Nobody)),
                    ],
                };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, SyncJson.Default.SyncState);
}

/// <summary>A customer in the sync state of an appointment.</summary>
/// <param name="Row">The id of the row that the customer got first. It stays, also when the address or the name changes.</param>
/// <param name="ContentHash">Hash of what concerns the customer; empty when the customer has left the appointment.</param>
/// <param name="HashedIdentity">Who it is, as <see cref="CustomerIdentity.Hashed"/>.</param>
internal sealed record SyncedCustomer(
    string Row,
    [property: JsonPropertyName("State")] string ContentHash,
    [property: JsonPropertyName("Traits")] CustomerIdentity HashedIdentity)
{
    [JsonIgnore]
    public bool IsThere => ContentHash.Length > 0;
}

[JsonSerializable(typeof(SyncState))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class SyncJson : JsonSerializerContext;
