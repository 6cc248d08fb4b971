using System.Collections.Frozen;
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
    private static readonly FrozenSet<string> SayNothing = FrozenSet.Create(
        StringComparer.Ordinal, "$schema", "id", "$id", "$comment", "title", "description", "default", "examples", "definitions", "$defs");

    private readonly FrozenDictionary<string, SchemaOutline> _byName;
    private readonly byte[] _utf8Name;

    private readonly HashSet<JsonValueKind>? _kinds;

    /// <param name="kinds">Null: any.</param>
    private SchemaOutline(string name, HashSet<JsonValueKind>? kinds, SchemaOutline[] properties, SchemaOutline? items, bool isPlain)
    {
        _kinds = kinds;
        Items = items;
        Name = name;
        EncodedName = JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        _utf8Name = Encoding.UTF8.GetBytes(name);
        IsObject = kinds is { Count: 1 } && kinds.Contains(JsonValueKind.Object) || properties.Length > 0;
        IsEmail =
            !IsObject
            && (name.EndsWith("email", StringComparison.OrdinalIgnoreCase)
                || name.EndsWith("emailaddress", StringComparison.OrdinalIgnoreCase));
        Properties = properties;
        IsPlain = isPlain && properties.All(property => property.IsPlain) && items is not { IsPlain: false };
        _byName = properties.ToFrozenDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < properties.Length; index++)
        {
            properties[index].Index = index;
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
    public bool Allows(JsonValueKind kind) => _kinds is null || _kinds.Contains(kind);

    /// <summary>Of which kinds a value may be, in words: "a text or a number".</summary>
    public string KindNames => string.Join(" or ", (_kinds ?? []).Select(SchemaViolations.Name).Distinct());

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
        HashSet<JsonValueKind>? kinds = null;
        SchemaOutline? items = null;
        var plain = schema.ValueKind == JsonValueKind.Object;
        var properties = new Dictionary<string, SchemaOutline>(StringComparer.OrdinalIgnoreCase);
        foreach (var keyword in plain ? schema.EnumerateObject() : default)
        {
            if (keyword.NameEquals("type"))
            {
                kinds = [];
                JsonElement[] types =
                    keyword.Value.ValueKind == JsonValueKind.Array ? [.. keyword.Value.EnumerateArray()] : [keyword.Value];
                foreach (var type in types)
                {
                    plain &= AddKinds(kinds, type);
                }
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

        return new SchemaOutline(name, kinds, [.. properties.Values], items, plain);
    }

    /// <summary>False for what is no kind of JSON's own: whole numbers, or an error.</summary>
    private static bool AddKinds(HashSet<JsonValueKind> kinds, JsonElement type)
    {
        switch (type.ValueKind == JsonValueKind.String ? type.GetString() : null)
        {
            case "object":
                return kinds.Add(JsonValueKind.Object);
            case "array":
                return kinds.Add(JsonValueKind.Array);
            case "string":
                return kinds.Add(JsonValueKind.String);
            case "number":
                return kinds.Add(JsonValueKind.Number);
            case "null":
                return kinds.Add(JsonValueKind.Null);
            case "boolean":
                return kinds.Add(JsonValueKind.True) && kinds.Add(JsonValueKind.False);
            default:
                return false;
        }
    }
}
