using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// What the reader knows of an appointment from the last time that it read the calendar. Nothing about the customers but hashes: their
/// names stay with the leads.
/// </summary>
/// <param name="Listed">Hash of the appointment as the list showed it.</param>
/// <param name="Version">Counts what was seen to happen to it, so that an event can be told from an equal one later on.</param>
/// <param name="At">When the newest event happened.</param>
/// <param name="People">Its customers, those who left among them.</param>
internal sealed record SyncState(
    string Listed,
    long Version,
    DateTimeOffset At,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    string? ServiceName,
    IReadOnlyList<SyncedCustomer> People)
{
    public static readonly SyncState None = new("", 0, DateTimeOffset.UnixEpoch, null, null, null, []);

    /// <summary>
    /// It was there when all that existed was to be passed over, and could not be read then: what it says when it can be is no event.
    /// </summary>
    public bool PassedOver { get; init; }

    /// <summary>In the states of an earlier version: by the row's key, the hash of what concerns the customer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Customers { get; init; }

    /// <summary>Whether it was somebody's appointment; otherwise it was cancelled.</summary>
    [JsonIgnore]
    public bool IsThere => People.Any(one => one.IsThere);

    /// <summary>Null when it can't be read: then the appointment is taken as if it were read for the first time.</summary>
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

/// <summary>A customer of an appointment in its sync state.</summary>
/// <param name="Row">The id of the row that the customer got first; it stays, whatever becomes of the address or the name.</param>
/// <param name="State">Hash of what concerns the customer; empty: it is not the customer's appointment any more.</param>
/// <param name="Traits">Who it is, as <see cref="CustomerIdentity.Hashed"/>.</param>
internal sealed record SyncedCustomer(string Row, string State, CustomerIdentity Traits)
{
    [JsonIgnore]
    public bool IsThere => State.Length > 0;
}

/// <summary>
/// Tells whether an appointment in Graph changed. The order of properties doesn't matter, and neither does an absent one that was null.
/// </summary>
internal static class SyncHash
{
    private static readonly SchemaOutline NoNames = SchemaOutline.Read(JsonElement.Parse("{}"));

    // Changes of these are none of the customer's appointment: Graph sets the time for other reasons too, and the count is about
    // the others.
    private static readonly string[] NotTheCustomers = ["lastUpdatedDateTime", "filledAttendeesCount", "customers"];

    /// <summary>Of all that a list shows: when it changes, the appointment is worth reading by itself.</summary>
    public static string OfListed(JsonElement appointment) => Hash(appointment, _ => true);

    /// <summary>Of what is a customer's concern.</summary>
    /// <param name="customer">Of a group; undefined for the customer of an appointment of one.</param>
    public static string OfCustomer(JsonElement appointment, JsonElement customer)
    {
        var shared = Hash(appointment, name => !NotTheCustomers.Contains(name));
        return customer.ValueKind == JsonValueKind.Object ? $"{shared}.{Hash(customer, _ => true)}" : shared;
    }

    private static string Hash(JsonElement given, Func<string, bool> counts)
    {
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in given.EnumerateObject().Where(property => !property.Name.StartsWith('@') && counts(property.Name)))
        {
            properties[property.Name] = property.Value;
        }

        var plain = JsonSerializer.SerializeToElement(properties, SyncJson.Default.DictionaryStringJsonElement);
        return Convert.ToHexStringLower(SHA256.HashData(LeadNormaliser.Normalise(plain, NoNames, clean: false).Json).AsSpan(0, 16));
    }
}

[JsonSerializable(typeof(SyncState))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class SyncJson : JsonSerializerContext;
