using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LeadFunctions.Intake.Schema;

/// <summary>
/// Puts properties that name their place with dots (<c>"UserDetails.Email"</c>) where they belong, beside what stands there already. Only a
/// documented object has such places; any other name with a dot is a name.
/// </summary>
internal static class DottedNames
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static JsonElement Expanded(JsonElement body, SchemaOutline outline)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (MayBeDotted(property) && Split(property.Name, outline) is not null)
            {
                return Rewritten(body, outline);
            }
        }

        return body;
    }

    private static bool MayBeDotted(JsonProperty property) =>
        JsonMarshal.GetRawUtf8PropertyName(property).ContainsAny((byte)'.', (byte)'\\');

    private static (SchemaOutline Owner, string Inner)? Split(string name, SchemaOutline outline) =>
        name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
        && dot < name.Length - 1
        && outline.Find(name[..dot]) is { IsObject: true } owner
            ? (owner, name[(dot + 1)..])
            : null;

    // An object may be given more than once: the normal form takes its properties together.
    private static JsonElement Rewritten(JsonElement body, SchemaOutline outline)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var property in body.EnumerateObject())
            {
                Write(json, property.Name, property.Value, outline);
            }

            json.WriteEndObject();
        }

        try
        {
            return JsonElement.Parse(buffer.WrittenSpan);
        }
        catch (JsonException)
        {
            // One level deeper than can be read: then it stays a name.
            return body;
        }
    }

    private static void Write(Utf8JsonWriter json, string name, JsonElement value, SchemaOutline outline)
    {
        if (Split(name, outline) is var (owner, rest))
        {
            json.WriteStartObject(owner.Name);
            Write(json, rest, value, owner);
            json.WriteEndObject();
        }
        else
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }
}
