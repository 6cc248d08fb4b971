using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LeadFunctions.Intake.Schema;

/// <summary>
/// The property names of a JSON schema, for matching names without regard to case, and whether the schema says no more than of which kinds
/// its properties are, if present. For such a schema the outline alone can tell that a body is valid.
/// </summary>
internal sealed class SchemaOutline
{
    private static readonly string[] SayNothing =
        ["$schema", "id", "$id", "$comment", "title", "description", "default", "examples", "definitions", "$defs"];

    private readonly Dictionary<string, SchemaOutline> _byName;
    private readonly byte[] _utf8Name;

    // A bit for each; null: any.
    private readonly int? _kinds;

    private SchemaOutline(
        string name, int? kinds, string kindNames, Dictionary<string, SchemaOutline> byName, SchemaOutline? items, bool isPlain)
    {
        _kinds = kinds;
        KindNames = kindNames;
        Items = items;
        Name = name;
        EncodedName = JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        _utf8Name = Encoding.UTF8.GetBytes(name);
        IsObject = kinds == Bit(JsonValueKind.Object) || byName.Count > 0;
        IsEmail =
            !IsObject
            && (name.EndsWith("email", StringComparison.OrdinalIgnoreCase)
                || name.EndsWith("emailaddress", StringComparison.OrdinalIgnoreCase));
        Properties = [.. byName.Values];
        IsPlain = isPlain && Properties.All(property => property.IsPlain) && items is not { IsPlain: false };
        _byName = byName;
        for (var index = 0; index < Properties.Length; index++)
        {
            Properties[index].Index = index;
        }
    }

    public string Name { get; }

    /// <summary>The name as a writer takes it without looking at each letter again.</summary>
    public JsonEncodedText EncodedName { get; }

    /// <summary>Where this property stands among its siblings in the schema.</summary>
    public int Index { get; private set; }

    public bool IsObject { get; }

    /// <summary>It is an e-mail address, by its name.</summary>
    public bool IsEmail { get; }

    /// <summary>True when kinds of values alone decide validity.</summary>
    public bool IsPlain { get; }

    public SchemaOutline[] Properties { get; }

    /// <summary>What the items of an array are, when they are objects of documented properties.</summary>
    public SchemaOutline? Items { get; }

    /// <summary>Whether a value may be of a kind.</summary>
    public bool Allows(JsonValueKind kind) => _kinds is not { } kinds || (kinds & Bit(kind)) != 0;

    /// <summary>Of which kinds a value may be, in words: "a text or a number".</summary>
    public string KindNames { get; }

    public SchemaOutline? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The property of this name in any casing. The documented casing, which nearly all leads have, needs no string.</summary>
    public SchemaOutline? Find(JsonProperty property)
    {
        foreach (var known in Properties)
        {
            if (property.NameEquals(known._utf8Name))
            {
                return known;
            }
        }

        return Find(property.Name);
    }

    public static SchemaOutline Read(JsonElement schema) => Read("", schema);

    private static SchemaOutline Read(string name, JsonElement schema)
    {
        int? kinds = null;
        var kindNames = "";
        SchemaOutline? items = null;
        var plain = schema.ValueKind == JsonValueKind.Object;
        var properties = new Dictionary<string, SchemaOutline>(StringComparer.OrdinalIgnoreCase);
        foreach (var keyword in plain ? schema.EnumerateObject() : default)
        {
            if (keyword.NameEquals("type"))
            {
                var known = 0;
                var names = new List<string>();
                JsonElement[] types =
                    keyword.Value.ValueKind == JsonValueKind.Array ? [.. keyword.Value.EnumerateArray()] : [keyword.Value];
                foreach (var type in types)
                {
                    var kind = KindOf(type);
                    var bits = kind == JsonValueKind.True ? Bit(JsonValueKind.True) | Bit(JsonValueKind.False) : Bit(kind);
                    if (kind == JsonValueKind.Undefined || (known & bits) != 0)
                    {
                        plain = false;
                        continue;
                    }

                    known |= bits;
                    names.Add(SchemaViolations.Name(kind));
                }

                (kinds, kindNames) = (known, string.Join(" or ", names));
            }
            else if (keyword.NameEquals("properties") && keyword.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in keyword.Value.EnumerateObject())
                {
                    // Two names that differ by case alone can't both be matched without regard to case: NJsonSchema decides then.
                    plain &= properties.TryAdd(property.Name, Read(property.Name, property.Value));
                }
            }
            else if (keyword.NameEquals("items") && Read(name, keyword.Value) is { IsObject: true } item)
            {
                items = item;
            }
            else
            {
                plain &= SayNothing.Contains(keyword.Name);
            }
        }

        return new SchemaOutline(name, kinds, kindNames, properties, items, plain);
    }

    /// <summary>Undefined for what is no kind of JSON's own: whole numbers, or an error. True stands for both truth values.</summary>
    private static JsonValueKind KindOf(JsonElement type) => (type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
    {
        "object" => JsonValueKind.Object,
        "array" => JsonValueKind.Array,
        "string" => JsonValueKind.String,
        "number" => JsonValueKind.Number,
        "null" => JsonValueKind.Null,
        "boolean" => JsonValueKind.True,
        _ => JsonValueKind.Undefined,
    };

    private static int Bit(JsonValueKind kind) => 1 << (int)kind;
}
