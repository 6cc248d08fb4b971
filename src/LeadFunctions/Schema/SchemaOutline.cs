using System.Collections.Frozen;
using System.Text.Json;

namespace LeadFunctions.Schema;

/// <summary>
/// The property names of a JSON schema, for matching names without regard to case, and whether the schema says no more than
/// "these properties, if present, are texts or objects". For such a schema the outline alone can tell that a body is valid.
/// </summary>
internal sealed class SchemaOutline
{
    private static readonly FrozenSet<string> SayNothing = FrozenSet.Create(
        StringComparer.Ordinal, "$schema", "id", "$id", "$comment", "title", "description", "default", "examples", "definitions", "$defs");

    private readonly FrozenDictionary<string, SchemaOutline> _byName;

    private SchemaOutline(string name, string? type, IReadOnlyList<SchemaOutline> properties, bool isPlain)
    {
        Name = name;
        IsObject = type == "object" || properties.Count > 0;
        Properties = properties;
        IsPlain = isPlain && (type == "object" || (type == "string" && properties.Count == 0)) && properties.All(property => property.IsPlain);
        _byName = properties.ToFrozenDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < properties.Count; index++)
        {
            properties[index].Index = index;
        }
    }

    public string Name { get; }

    /// <summary>Where this property stands among its siblings in the schema.</summary>
    public int Index { get; private set; }

    public bool IsObject { get; }

    /// <summary>True when kinds of values decide validity: nothing but texts and objects of texts.</summary>
    public bool IsPlain { get; }

    public IReadOnlyList<SchemaOutline> Properties { get; }

    public SchemaOutline? Find(string name) => _byName.GetValueOrDefault(name);

    public static SchemaOutline Read(JsonElement schema) => Read("", schema);

    private static SchemaOutline Read(string name, JsonElement schema)
    {
        string? type = null;
        var plain = schema.ValueKind == JsonValueKind.Object;
        var properties = new Dictionary<string, SchemaOutline>(StringComparer.OrdinalIgnoreCase);
        foreach (var keyword in plain ? schema.EnumerateObject() : default)
        {
            if (keyword.NameEquals("type"))
            {
                type = keyword.Value.ValueKind == JsonValueKind.String ? keyword.Value.GetString() : null;
            }
            else if (keyword.NameEquals("properties") && keyword.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in keyword.Value.EnumerateObject())
                {
                    // Two names that differ by case alone can't both be matched without regard to case: NJsonSchema decides then.
                    plain &= properties.TryAdd(property.Name, Read(property.Name, property.Value));
                }
            }
            else
            {
                plain &= SayNothing.Contains(keyword.Name);
            }
        }

        return new SchemaOutline(name, type, [.. properties.Values], plain);
    }
}
