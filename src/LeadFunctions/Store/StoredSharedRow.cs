using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// What both stores keep of a lead's shared row beside its content, as JSON; the ids and the order have columns of their own.
/// </summary>
/// <param name="FromOtherEvents">Orders as <see cref="EventOrder.Stored"/>.</param>
internal sealed record StoredSharedRow(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? EndsAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? FromOtherEvents)
{
    private const string OlderProperty = "FromOtherEvents";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string? ToJson(SharedRow? sharedRow) => sharedRow is null ? null : JsonSerializer.Serialize(
        new StoredSharedRow(
            sharedRow.EndsAt,
            sharedRow.FromOtherEvents.Count == 0
                ? null
                : sharedRow.FromOtherEvents.ToDictionary(one => one.Key, one => one.Value.Stored, StringComparer.Ordinal)),
        StoreJson.Default.StoredSharedRow);

    /// <param name="json">Null in a lead that a version before kept, which had all this inside the content.</param>
    public static (LeadContent Content, SharedRow SharedRow) Read(string? json, SharedRow sharedRow, LeadContent content)
    {
        if (json is null)
        {
            var (rest, taken) = Older(content);
            return (rest, sharedRow with { EndsAt = Over(content), FromOtherEvents = taken });
        }

        var stored = JsonSerializer.Deserialize(json, StoreJson.Default.StoredSharedRow)!;
        var from = stored.FromOtherEvents?.ToDictionary(one => one.Key, one => EventOrder.FromStored(one.Value), StringComparer.Ordinal);
        return (content, sharedRow with { EndsAt = stored.EndsAt, FromOtherEvents = from ?? sharedRow.FromOtherEvents });
    }

    private static (LeadContent Content, IReadOnlyDictionary<string, EventOrder> Taken) Older(LeadContent content)
    {
        if (!content.Root.TryGetProperty(OlderProperty, out var given) || given.ValueKind != JsonValueKind.Object)
        {
            return (content, ReadOnlyDictionary<string, EventOrder>.Empty);
        }

        var taken = new Dictionary<string, EventOrder>(StringComparer.Ordinal);
        foreach (var property in given.EnumerateObject())
        {
            if (long.TryParse(property.Value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var order))
            {
                taken[property.Name] = EventOrder.FromStored(order);
            }
        }

        var rest = JsonObject.Create(content.Root)!;
        rest.Remove(OlderProperty);
        return (new LeadContent(JsonSerializer.SerializeToUtf8Bytes(rest, Readable)), taken);
    }

    /// <summary>The end of an appointment, or its start.</summary>
    private static DateTimeOffset? Over(LeadContent content)
    {
        var start = TimeText.Parse(content.Text("StartTime"));
        var length = content.Root.TryGetProperty("Duration", out var given) ? TimeText.ParseDuration(given) : null;
        return TimeText.Parse(content.Text("EndTime")) ?? TimeText.Sum(start, length) ?? start;
    }
}
