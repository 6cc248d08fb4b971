using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LeadFunctions.Schema;

/// <summary>
/// Writes a body in its normal form. Names match the schema's without regard to case, because Microsoft's own texts disagree;
/// null and blank mean absent, because nothing promises that they are never sent.
/// </summary>
internal sealed class LeadNormaliser
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly bool _foldNames;
    private readonly Utf8JsonWriter _writer;
    private bool _kindsMatch = true;
    private bool _sawUnknown;

    private LeadNormaliser(IBufferWriter<byte> target, bool foldNames)
    {
        _writer = new Utf8JsonWriter(target, Options);
        _foldNames = foldNames;
    }

    public static NormalisedLead Normalise(JsonElement body, SchemaOutline outline)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        var normaliser = new LeadNormaliser(json, foldNames: false);
        normaliser.Write(body, outline);
        return new NormalisedLead(
            json.WrittenMemory,
            normaliser._sawUnknown ? Folded(body, outline) : json.WrittenMemory,
            json.WrittenCount <= 2,
            outline is { IsPlain: true, IsObject: true } && normaliser._kindsMatch);
    }

    private static ReadOnlyMemory<byte> Folded(JsonElement body, SchemaOutline outline)
    {
        var identity = new ArrayBufferWriter<byte>(1024);
        new LeadNormaliser(identity, foldNames: true).Write(body, outline);
        return identity.WrittenMemory;
    }

    private void Write(JsonElement body, SchemaOutline outline)
    {
        WriteDocumented([body], outline);
        _writer.Flush();
        _writer.Dispose();
    }

    /// <summary>Several elements when an object is given more than once: its properties are taken together.</summary>
    private void WriteDocumented(IReadOnlyList<JsonElement> objects, SchemaOutline outline)
    {
        var documented = new List<JsonElement>?[outline.Properties.Count];
        List<(string Name, JsonElement Value)>? unknown = null;
        foreach (var property in objects.SelectMany(one => one.EnumerateObject()))
        {
            if (Blank.Is(property.Value))
            {
                continue;
            }

            if (outline.Find(property.Name) is { } known)
            {
                (documented[known.Index] ??= []).Add(property.Value);
            }
            else
            {
                (unknown ??= []).Add((property.Name, property.Value));
            }
        }

        _writer.WriteStartObject();
        foreach (var property in outline.Properties)
        {
            if (documented[property.Index] is { } values)
            {
                WriteProperty(property, values, ref unknown);
            }
        }

        if (unknown is not null)
        {
            WriteUnknown(unknown);
        }

        _writer.WriteEndObject();
    }

    private void WriteProperty(SchemaOutline property, List<JsonElement> values, ref List<(string Name, JsonElement Value)>? unknown)
    {
        var value = values[^1];
        var isObject = property.IsObject && value.ValueKind == JsonValueKind.Object;
        foreach (var earlier in values.SkipLast(1))
        {
            // Given twice, the last one counts, as everywhere in JSON; the others are kept beside it.
            if (!isObject || earlier.ValueKind != JsonValueKind.Object)
            {
                (unknown ??= []).Add((property.Name + " (repeated)", earlier));
            }
        }

        _writer.WritePropertyName(property.Name);
        if (isObject)
        {
            WriteDocumented(values.FindAll(one => one.ValueKind == JsonValueKind.Object), property);
            return;
        }

        _kindsMatch &= !property.IsObject && value.ValueKind == JsonValueKind.String;
        WriteValue(value);
    }

    private void WriteValue(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _writer.WriteStartObject();
                WriteUnknown(value.EnumerateObject().Select(property => (property.Name, property.Value)));
                _writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                _writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteValue(item);
                }

                _writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                _writer.WriteStringValue(value.GetString());
                break;
            default:
                value.WriteTo(_writer);
                break;
        }
    }

    private void WriteUnknown(IEnumerable<(string Name, JsonElement Value)> properties)
    {
        _sawUnknown = true;
        foreach (var (name, value) in properties
            .Select(property => (Name: _foldNames ? property.Name.ToLowerInvariant() : property.Name, property))
            .OrderBy(named => named.Name, StringComparer.Ordinal)
            .ThenBy(named => named.property.Name, StringComparer.Ordinal)
            .Select(named => (named.Name, named.property.Value)))
        {
            _writer.WritePropertyName(name);
            WriteValue(value);
        }
    }
}
