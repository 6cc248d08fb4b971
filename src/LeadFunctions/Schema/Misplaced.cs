using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Schema;

/// <summary>
/// For a body that is refused anyway: documented properties that stand where the schema doesn't look (at another level, inside
/// an array, given twice) and have a wrong kind of value. The schema allows unknown properties, so they refuse nothing alone.
/// </summary>
internal static class Misplaced
{
    public static IReadOnlyList<Violation> Find(JsonElement body, SchemaOutline outline)
    {
        var documented = new Dictionary<string, SchemaOutline>(StringComparer.OrdinalIgnoreCase);
        Collect(outline, documented);
        var found = new Dictionary<string, Violation>(StringComparer.Ordinal);
        Walk(body, "", documented, found);
        return [.. found.Values];
    }

    private static void Collect(SchemaOutline outline, Dictionary<string, SchemaOutline> documented)
    {
        foreach (var property in outline.Properties)
        {
            documented.TryAdd(property.Name, property);
            Collect(property, documented);
        }
    }

    private static void Walk(JsonElement element, string path, Dictionary<string, SchemaOutline> documented, Dictionary<string, Violation> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
            {
                Walk(item, $"{path}/{index++}", documented, found);
            }
        }

        foreach (var property in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
        {
            var known = documented.GetValueOrDefault(property.Name);
            var at = JsonPointer.Append(path, known?.Name ?? property.Name);
            var expected = known is null ? property.Value.ValueKind : known.IsObject ? JsonValueKind.Object : JsonValueKind.String;
            if (property.Value.ValueKind != expected && property.Value.ValueKind != JsonValueKind.Null)
            {
                found.TryAdd(at, new Violation(at, $"must be {SchemaViolations.Name(expected)}, but is {SchemaViolations.Name(property.Value.ValueKind)}"));
            }

            Walk(property.Value, at, documented, found);
        }
    }
}
