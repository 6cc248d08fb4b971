using System.Buffers;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using NJsonSchema;

namespace LeadFunctions.Intake.Schema;

/// <summary>
/// The schema of a source: the documented one, or a file of the publisher's. NJsonSchema decides what is invalid and why; it is
/// loaded when the first body needs it, because that takes about 0.3 s in a fresh process and valid leads never do.
/// </summary>
internal sealed class LeadSchema
{
    /// <summary>More than these help nobody: the rest is left out.</summary>
    public const int MostViolations = 200;

    private const string DocumentedSchema = "lead.schema.json";
    private const string AppointmentSchema = "appointment.schema.json";

    private readonly Lock _loading = new();
    private readonly string _json;
    private JsonSchema? _schema;

    private LeadSchema(string json)
    {
        using var document = JsonDocument.Parse(json);
        Outline = SchemaOutline.Read(document.RootElement);
        _json = json;
    }

    public SchemaOutline Outline { get; }

    /// <summary>The schema that Microsoft documents for HTTPS lead destinations.</summary>
    public static LeadSchema Documented() => BuiltIn(DocumentedSchema);

    /// <summary>What the Bookings connector is documented to give; nobody publishes a schema of it.</summary>
    public static LeadSchema Appointments() => BuiltIn(AppointmentSchema);

    /// <summary>A schema file; throws an exception whose message says what is wrong with it.</summary>
    public static LeadSchema FromFile(string path)
    {
        var schema = new LeadSchema(File.ReadAllText(path));
        _ = schema.Loaded();
        return schema;
    }

    /// <summary>Every violation of a normalised body, up to <see cref="MostViolations"/>; none when it is valid.</summary>
    public IReadOnlyList<Violation> Validate(ReadOnlySpan<byte> normalised)
    {
        var root = JsonElement.Parse(normalised);
        if (Outline.IsPlain)
        {
            // What is right needs no library, and its cost grows with the body more than the body does.
            var excerpt = FaultExcerpt.Of(root, Outline, MostViolations);
            return [.. Violations(excerpt.Json).Select(violation => violation with { Path = excerpt.PathInBody(violation.Path) })];
        }

        return Violations(LongNumbers.Shortened(normalised));
    }

    private IReadOnlyList<Violation> Violations(ReadOnlySpan<byte> json)
    {
        var root = JsonElement.Parse(json);
        return
        [
            .. Loaded()
                .Validate(Encoding.UTF8.GetString(json))
                .SelectMany(error => SchemaViolations.From(error, root))
                .Take(MostViolations),
        ];
    }

    // Not a Lazy<JsonSchema>: making one would load NJsonSchema at every start.
    private JsonSchema Loaded()
    {
        lock (_loading)
        {
            return _schema ??= JsonSchema.FromJsonAsync(_json).GetAwaiter().GetResult();
        }
    }

    private static LeadSchema BuiltIn(string name)
    {
        using var stream = typeof(LeadSchema).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return new LeadSchema(reader.ReadToEnd());
    }
}

/// <summary>
/// Puts the nearest 64-bit integer in the place of a longer one. The JSON reader that NJsonSchema uses throws on those, and
/// for a schema it is the same: a number, too large.
/// </summary>
internal static class LongNumbers
{
    public static ReadOnlySpan<byte> Shortened(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte>? shortened = null;
        var copied = 0;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan.ContainsAny(".eE"u8) || reader.TryGetInt64(out _))
            {
                continue;
            }

            shortened ??= new ArrayBufferWriter<byte>(json.Length);
            shortened.Write(json[copied..(int)reader.TokenStartIndex]);
            shortened.Write(reader.ValueSpan[0] == (byte)'-' ? "-9223372036854775808"u8 : "9223372036854775807"u8);
            copied = (int)reader.BytesConsumed;
        }

        if (shortened is null)
        {
            return json;
        }

        shortened.Write(json[copied..]);
        return shortened.WrittenSpan;
    }
}
