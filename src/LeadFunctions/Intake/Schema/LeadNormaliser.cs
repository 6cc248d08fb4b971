using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Intake.Schema;

/// <summary>
/// Writes a body in its normal form. Names match the schema's without regard to case, because Microsoft's own texts disagree; null
/// and blank mean absent, because nothing promises that they are never sent. Values are cleaned here, once: without the space around
/// them, and of a documented e-mail address only the address (what it said besides stands beside it).
/// </summary>
internal sealed class LeadNormaliser
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private const int LargestKept = 64 * 1024;

    // A writer and its buffer for each thread: they are as good as new after a reset.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _threadWriter;

    private const string AsItCame = " (as it came)";

    private readonly bool _foldNames;
    private readonly bool _clean;
    private readonly Utf8JsonWriter _writer;
    private bool _kindsMatch = true;
    private bool _sawCapitals;

    private LeadNormaliser(Utf8JsonWriter writer, bool foldNames, bool clean)
    {
        _writer = writer;
        _foldNames = foldNames;
        _clean = clean;
    }

    /// <param name="clean">False: values stay to the letter.</param>
    public static NormalisedLead Normalise(JsonElement body, SchemaOutline outline, bool clean = true)
    {
        body = DottedNames.Expanded(body, outline);
        var json = Write(body, outline, foldNames: false, clean, out var normaliser);
        return new NormalisedLead(
            json,
            normaliser._sawCapitals ? Write(body, outline, foldNames: true, clean, out _) : json,
            json.Length <= 2,
            outline is { IsPlain: true, IsObject: true } && normaliser._kindsMatch);
    }

    private static byte[] Write(JsonElement body, SchemaOutline outline, bool foldNames, bool clean, out LeadNormaliser normaliser)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        var writer = _threadWriter ??= new Utf8JsonWriter(buffer, Options);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        normaliser = new LeadNormaliser(writer, foldNames, clean);
        if (!normaliser.TryWriteOnce(body, outline))
        {
            normaliser.WriteDocumented([body], outline);
        }

        writer.Flush();
        var json = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > LargestKept)
        {
            (_buffer, _threadWriter) = (null, null);
        }

        return json;
    }

    /// <summary>
    /// An object whose documented properties are given once, as nearly all are; false, with nothing written, for any other.
    /// </summary>
    private bool TryWriteOnce(JsonElement body, SchemaOutline outline)
    {
        var documented = new JsonElement[outline.Properties.Length];
        List<(string Name, JsonElement Value)>? unknown = null;
        foreach (var property in body.EnumerateObject())
        {
            if (Blank.Is(property.Value))
            {
                continue;
            }

            if (outline.Find(property) is not { } known)
            {
                (unknown ??= []).Add((property.Name, property.Value));
            }
            else if (documented[known.Index].ValueKind == JsonValueKind.Undefined)
            {
                documented[known.Index] = property.Value;
            }
            else
            {
                return false;
            }
        }

        _writer.WriteStartObject();
        foreach (var property in outline.Properties)
        {
            if (documented[property.Index] is { ValueKind: not JsonValueKind.Undefined } value)
            {
                WriteProperty(property, value, body, ref unknown);
            }
        }

        if (unknown is not null)
        {
            WriteUnknown(unknown);
        }

        _writer.WriteEndObject();
        return true;
    }

    /// <param name="owner">Whose property it is.</param>
    private void WriteProperty(
        SchemaOutline property,
        JsonElement value,
        JsonElement owner,
        ref List<(string Name, JsonElement Value)>? unknown)
    {
        _writer.WritePropertyName(property.EncodedName);
        _kindsMatch &= property.Allows(value.ValueKind);
        if (property.IsObject && value.ValueKind == JsonValueKind.Object)
        {
            WriteObject(value, property);
            return;
        }

        if (property.Items is { } items && value.ValueKind == JsonValueKind.Array)
        {
            WriteItems(value, items);
            return;
        }

        if (_clean && property.IsEmail && value.ValueKind == JsonValueKind.String)
        {
            WriteEmail(property, value, owner, ref unknown);
        }
        else
        {
            WriteValue(value);
        }
    }

    private void WriteObject(JsonElement value, SchemaOutline outline)
    {
        if (!TryWriteOnce(value, outline))
        {
            WriteDocumented([value], outline);
        }
    }

    private void WriteItems(JsonElement array, SchemaOutline items)
    {
        _writer.WriteStartArray();
        foreach (var item in array.EnumerateArray())
        {
            _kindsMatch &= items.Allows(item.ValueKind);
            if (item.ValueKind == JsonValueKind.Object)
            {
                WriteObject(item, items);
            }
            else
            {
                WriteValue(item);
            }
        }

        _writer.WriteEndArray();
    }

    /// <summary>Several elements when an object is given more than once: its properties are taken together.</summary>
    private void WriteDocumented(IReadOnlyList<JsonElement> objects, SchemaOutline outline)
    {
        var documented = new List<JsonElement>?[outline.Properties.Length];
        List<(string Name, JsonElement Value)>? unknown = null;
        foreach (var property in objects.SelectMany(one => one.EnumerateObject()))
        {
            if (Blank.Is(property.Value))
            {
                continue;
            }

            if (outline.Find(property) is { } known)
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
                WriteProperties(property, values, objects[^1], ref unknown);
            }
        }

        if (unknown is not null)
        {
            WriteUnknown(unknown);
        }

        _writer.WriteEndObject();
    }

    private void WriteProperties(
        SchemaOutline property,
        List<JsonElement> values,
        JsonElement owner,
        ref List<(string Name, JsonElement Value)>? unknown)
    {
        var value = values[^1];
        var isObject = property.IsObject && value.ValueKind == JsonValueKind.Object;
        foreach (var earlier in values.SkipLast(1))
        {
            // Given twice, the last one counts, as everywhere in JSON; the others are kept beside it.
            if ((!isObject || earlier.ValueKind != JsonValueKind.Object) && !JsonElement.DeepEquals(earlier, value))
            {
                (unknown ??= []).Add((property.Name + " (repeated)", earlier));
            }
        }

        if (!isObject)
        {
            WriteProperty(property, value, owner, ref unknown);
            return;
        }

        _writer.WritePropertyName(property.EncodedName);
        _kindsMatch &= property.Allows(JsonValueKind.Object);
        WriteDocumented(values.FindAll(one => one.ValueKind == JsonValueKind.Object), property);
    }

    private void WriteValue(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _writer.WriteStartObject();
                WriteUnknown(PropertiesOf(value));
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
                WriteText(value);
                break;
            default:
                value.WriteTo(_writer);
                break;
        }
    }

    private static List<(string Name, JsonElement Value)> PropertiesOf(JsonElement owner)
    {
        var properties = new List<(string Name, JsonElement Value)>(1);
        foreach (var property in owner.EnumerateObject())
        {
            properties.Add((property.Name, property.Value));
        }

        return properties;
    }

    private void WriteText(JsonElement value)
    {
        var text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (text.Contains((byte)'\\'))
        {
            _writer.WriteStringValue(_clean ? ValueText.Trim(value.GetString()!) : value.GetString());
        }
        else
        {
            _writer.WriteStringValue(_clean ? ValueText.Trim(text) : text);
        }
    }

    private void WriteEmail(
        SchemaOutline property,
        JsonElement value,
        JsonElement owner,
        ref List<(string Name, JsonElement Value)>? unknown)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (EmailText.IsPlain(raw))
        {
            _writer.WriteStringValue(raw);
            return;
        }

        var text = value.GetString()!;
        var clean = EmailText.Clean(text);
        _writer.WriteStringValue(clean);
        if (EmailText.Besides(text, clean) is { } rest && !IsSaidBy(owner, rest, value))
        {
            (unknown ??= []).Add((property.Name + AsItCame, value));
        }
    }

    /// <summary>
    /// Whether each word of a text stands in another text of the same object: the name before an address nearly always does.
    /// </summary>
    private static bool IsSaidBy(JsonElement owner, string text, JsonElement apartFrom)
    {
        string[] others = [.. owner.EnumerateObject()
            .Where(property => property.Value.ValueKind == JsonValueKind.String && !JsonElement.DeepEquals(property.Value, apartFrom))
            .SelectMany(property => property.Value.GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Take(1_000)];
        return text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
            .All(word => others.Contains(word, StringComparer.OrdinalIgnoreCase));
    }

    private void WriteUnknown(List<(string Name, JsonElement Value)> properties)
    {
        _sawCapitals |= !_foldNames && properties.Exists(property => !IsLower(property.Name));
        if (properties.Count > 1)
        {
            Sort(properties);
        }

        foreach (var (name, value) in properties)
        {
            _writer.WritePropertyName(Shown(name));
            WriteValue(value);
        }
    }

    /// <summary>By name, and what is given twice in the order in which it was given.</summary>
    private void Sort(List<(string Name, JsonElement Value)> properties)
    {
        var keyed = properties.Select((property, index) => (Shown: Shown(property.Name), property.Name, index, property.Value)).ToArray();
        Array.Sort(keyed, static (one, other) =>
            string.CompareOrdinal(one.Shown, other.Shown) is not 0 and var byShown ? byShown
            : string.CompareOrdinal(one.Name, other.Name) is not 0 and var byName ? byName
            : one.index - other.index);
        for (var index = 0; index < keyed.Length; index++)
        {
            properties[index] = (keyed[index].Name, keyed[index].Value);
        }
    }

    private string Shown(string name) => _foldNames ? name.ToLowerInvariant() : name;

    private static bool IsLower(string name) => name.AsSpan().SequenceEqual(name.ToLowerInvariant());
}

/// <summary>A body in its normal form.</summary>
/// <param name="Json">
/// UTF-8: documented properties first, in the schema's order and casing, then the unknown ones by name; no nulls, no blanks.
/// </param>
/// <param name="DeduplicationText">What makes two bodies the same lead: the normal form with unknown names in lower case too.</param>
/// <param name="IsEmpty">Nothing at all was said.</param>
/// <param name="SurelyValid">The schema is a plain one and every documented value is of its kind; otherwise NJsonSchema decides.</param>
internal readonly record struct NormalisedLead(
    byte[] Json,
    byte[] DeduplicationText,
    bool IsEmpty,
    bool SurelyValid);
