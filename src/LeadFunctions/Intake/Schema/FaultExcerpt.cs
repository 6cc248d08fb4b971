using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace LeadFunctions.Intake.Schema;

/// <summary>
/// What of a body breaks a schema of kinds, and nothing else: a value of each wrong kind, where it stands, so that finding words for
/// two hundred faults costs the same however large the body is.
/// </summary>
internal sealed class FaultExcerpt
{
    // The place of an item in the excerpt, and in the body.
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private int _left;

    private FaultExcerpt(int most) => _left = most;

    public byte[] Json { get; private set; } = [];

    public static FaultExcerpt Of(JsonElement body, SchemaOutline outline, int most)
    {
        var excerpt = new FaultExcerpt(most);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            excerpt.Write(json, body, outline, "");
        }

        excerpt.Json = buffer.WrittenSpan.ToArray();
        return excerpt;
    }

    /// <summary>Where in the body a fault of the excerpt stands.</summary>
    public string PathInBody(string path)
    {
        var (inExcerpt, inBody) = ("", "");
        foreach (var step in path.Split('/').Skip(1))
        {
            inExcerpt += $"/{step}";
            inBody += _places.TryGetValue(inExcerpt, out var place) ? $"/{place.ToString(CultureInfo.InvariantCulture)}" : $"/{step}";
        }

        return inBody;
    }

    private static bool HasFault(JsonElement value, SchemaOutline outline) =>
        value.ValueKind switch
        {
            var kind when !outline.Allows(kind) => true,
            JsonValueKind.Object => value
                .EnumerateObject()
                .Any(property => outline.Find(property.Name) is { } known && HasFault(property.Value, known)),
            JsonValueKind.Array => outline.Items is { } items && value.EnumerateArray().Any(item => HasFault(item, items)),
            _ => false,
        };

    private void Write(Utf8JsonWriter json, JsonElement value, SchemaOutline outline, string path)
    {
        if (!outline.Allows(value.ValueKind))
        {
            _left--;
            WriteOne(json, value.ValueKind);
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            json.WriteStartArray();
            var written = 0;
            var faulty = value.EnumerateArray().Index().Where(item => outline.Items is { } items && HasFault(item.Item, items));
            foreach (var (place, item) in faulty)
            {
                if (_left <= 0)
                {
                    break;
                }

                var here = string.Create(CultureInfo.InvariantCulture, $"{path}/{written++}");
                _places[here] = place;
                Write(json, item, outline.Items!, here);
            }

            json.WriteEndArray();
            return;
        }

        json.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            if (_left > 0 && outline.Find(property.Name) is { } known && HasFault(property.Value, known))
            {
                json.WritePropertyName(known.Name);
                Write(json, property.Value, known, JsonPointer.Append(path, known.Name));
            }
        }

        json.WriteEndObject();
    }

    private static void WriteOne(Utf8JsonWriter json, JsonValueKind kind)
    {
        switch (kind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue("");
                break;
            case JsonValueKind.Number:
                json.WriteNumberValue(0);
                break;
            case JsonValueKind.Null:
                json.WriteNullValue();
                break;
            default:
                json.WriteBooleanValue(kind == JsonValueKind.True);
                break;
        }
    }
}
