using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>
/// Checks JSON against a schema of an OpenAPI 3.1 document and lists all faults. Stricter than the keywords say: an object that lists
/// properties takes no others, so that a misspelt name isn't passed over. An unknown keyword throws, so that none is passed over either.
/// </summary>
internal sealed class OpenApiSchema(JsonObject document)
{
    private static readonly HashSet<string> KnownKeywords =
    [
        "$ref", "allOf", "type", "nullable", "enum", "format", "minLength", "maxLength", "items", "minItems", "maxItems", "uniqueItems",
        "properties", "required", "additionalProperties", "maxProperties", "title", "description", "default", "example", "examples",
    ];

    public IReadOnlyList<SchemaFault> Check(JsonNode? value, JsonObject schema)
    {
        var faults = new List<SchemaFault>();
        Walk(value, schema, "", faults);
        return faults;
    }

    /// <summary>What a local reference such as "#/components/schemas/MailTo" points at.</summary>
    public JsonObject Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate((JsonNode)document, (node, name) =>
            node[name] ?? throw new InvalidOperationException($"The document has no '{reference}'.")).AsObject();

    private void Walk(JsonNode? value, JsonObject schema, string path, List<SchemaFault> faults)
    {
        if (schema.FirstOrDefault(keyword => !KnownKeywords.Contains(keyword.Key)).Key is { } unknown)
        {
            throw new NotSupportedException($"The schema keyword '{unknown}' isn't supported.");
        }

        var parts = schema["allOf"]?.AsArray().Select(part => part!.AsObject()) ?? [];
        foreach (var part in schema["$ref"] is { } reference ? parts.Prepend(Resolve(reference.GetValue<string>())) : parts)
        {
            Walk(value, part, path, faults);
        }

        if (!HasType(value, schema))
        {
            faults.Add(new SchemaFault(path, "type", $"Invalid type. Expected: {Expected(schema)}, given: {NameOf(value)}."));
            return;
        }

        switch (value)
        {
            case JsonObject named:
                WalkObject(named, schema, path, faults);
                break;
            case JsonArray list:
                WalkArray(list, schema, path, faults);
                break;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                CheckText(text.GetValue<string>(), schema, path, faults);
                break;
        }

        if (schema["enum"] is JsonArray allowed && !allowed.Any(item => JsonNode.DeepEquals(item, value)))
        {
            faults.Add(new SchemaFault(path, "enum", $"Must be one of: {allowed.ToJsonString()}"));
        }
    }

    private void WalkObject(JsonObject value, JsonObject schema, string path, List<SchemaFault> faults)
    {
        foreach (var name in schema["required"]?.AsArray().Select(item => item!.GetValue<string>()).Where(name => !value.ContainsKey(name)) ?? [])
        {
            faults.Add(new SchemaFault(Join(path, name), "required", $"{name} is required"));
        }

        if (Number(schema, "maxProperties") is { } most && value.Count > most)
        {
            faults.Add(new SchemaFault(path, "maxProperties", $"Must have at most {most} properties"));
        }

        var properties = schema["properties"]?.AsObject();
        var others = schema["additionalProperties"];
        foreach (var (name, item) in value)
        {
            if (properties?[name] is JsonObject known)
            {
                Walk(item, known, Join(path, name), faults);
            }
            else if (others is JsonObject other)
            {
                Walk(item, other, Join(path, name), faults);
            }
            else if (others is null ? properties is not null : !others.GetValue<bool>())
            {
                faults.Add(new SchemaFault(Join(path, name), "additionalProperties", $"Additional property {name} is not allowed"));
            }
        }
    }

    private void WalkArray(JsonArray value, JsonObject schema, string path, List<SchemaFault> faults)
    {
        if (Number(schema, "minItems") is { } least && value.Count < least)
        {
            faults.Add(new SchemaFault(path, "minItems", $"Array must have at least {least} items"));
        }

        if (Number(schema, "maxItems") is { } most && value.Count > most)
        {
            faults.Add(new SchemaFault(path, "maxItems", $"Array must have at most {most} items"));
        }

        if (schema["uniqueItems"]?.GetValue<bool>() == true && value.DistinctBy(item => item?.ToJsonString()).Count() < value.Count)
        {
            faults.Add(new SchemaFault(path, "uniqueItems", "array items must be unique"));
        }

        for (var i = 0; schema["items"] is JsonObject items && i < value.Count; i++)
        {
            Walk(value[i], items, Join(path, i.ToString(CultureInfo.InvariantCulture)), faults);
        }
    }

    private static void CheckText(string value, JsonObject schema, string path, List<SchemaFault> faults)
    {
        // JSON Schema counts characters, not UTF-16 code units.
        var length = value.EnumerateRunes().Count();
        if (Number(schema, "minLength") is { } least && length < least)
        {
            faults.Add(new SchemaFault(path, "minLength", $"String length must be greater than or equal to {least}"));
        }

        if (Number(schema, "maxLength") is { } most && length > most)
        {
            faults.Add(new SchemaFault(path, "maxLength", $"String length must be less than or equal to {most}"));
        }

        if (schema["format"]?.GetValue<string>() == "email" && !EmailAddress.IsValid(value))
        {
            faults.Add(new SchemaFault(path, "format", "Does not contain a valid address."));
        }
    }

    private static bool HasType(JsonNode? value, JsonObject schema)
    {
        var name = NameOf(value);
        return schema["type"] switch
        {
            null => true,
            _ when name == "null" && schema["nullable"]?.GetValue<bool>() == true => true,
            JsonArray several => several.Any(item => Fits(item!.GetValue<string>(), name)),
            var one => Fits(one.GetValue<string>(), name),
        };
    }

    private static bool Fits(string expected, string given) => expected == given || (expected == "number" && given == "integer");

    private static string Expected(JsonObject schema) => schema["type"] is JsonArray several ? string.Join(" or ", several) : $"{schema["type"]}";

    private static string NameOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-') ? "integer" : "number",
        _ => "boolean",
    };

    private static int? Number(JsonObject schema, string keyword) => schema[keyword]?.GetValue<int>();

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
