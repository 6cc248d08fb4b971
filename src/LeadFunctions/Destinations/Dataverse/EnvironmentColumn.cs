using System.Text.Json;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>A column as its environment defines it.</summary>
/// <param name="Type">Dataverse's <c>AttributeType</c>: <c>String</c>, <c>Memo</c>, <c>Picklist</c>, <c>Lookup</c>…</param>
/// <param name="Longest">Of a text; null for everything else.</param>
/// <param name="Choices">The values of a choice; null for everything else.</param>
internal sealed record EnvironmentColumn(string Type, bool CanBeWritten, int? Longest = null, IReadOnlyList<int>? Choices = null)
{
    /// <summary>The names are asked for and no others: a table may have hundreds, and of an answer only the beginning is read.</summary>
    public static IEnumerable<string> Questions(string table, IReadOnlyList<string> names)
    {
        var attributes = $"EntityDefinitions(LogicalName='{table}')/Attributes";
        var filter = "$filter=" + string.Join(" or ", names.Select(name => $"LogicalName eq '{Uri.EscapeDataString(name.Replace("'", "''", StringComparison.Ordinal))}'"));
        yield return $"{attributes}?$select=LogicalName,AttributeType,IsValidForCreate&{filter}";
        yield return $"{attributes}/Microsoft.Dynamics.CRM.StringAttributeMetadata?$select=LogicalName,MaxLength&{filter}";
        yield return $"{attributes}/Microsoft.Dynamics.CRM.MemoAttributeMetadata?$select=LogicalName,MaxLength&{filter}";
        yield return $"{attributes}/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet($select=Options)&{filter}";
    }

    /// <summary>Adds what the answer to one of the questions says; false when it is none.</summary>
    public static bool Add(JsonElement answer, Dictionary<string, EnvironmentColumn> columns)
    {
        if (!answer.TryGetProperty("value", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var item in list.EnumerateArray())
        {
            var name = item.GetProperty("LogicalName").GetString()!;
            if (item.TryGetProperty("AttributeType", out var type))
            {
                columns[name] = new EnvironmentColumn(type.GetString()!, item.GetProperty("IsValidForCreate").GetBoolean());
            }
            else if (columns.TryGetValue(name, out var known))
            {
                columns[name] = item.TryGetProperty("MaxLength", out var length) && length.TryGetInt32(out var most)
                    ? known with { Longest = most }
                    : known with { Choices = ChoicesOf(item) };
            }
        }

        return true;
    }

    // A choice has its own options or shares those of a global choice; the other one is null.
    private static int[]? ChoicesOf(JsonElement column)
    {
        foreach (var set in new[] { "OptionSet", "GlobalOptionSet" })
        {
            if (column.TryGetProperty(set, out var found) && found.ValueKind == JsonValueKind.Object)
            {
                return [.. found.GetProperty("Options").EnumerateArray().Select(option => option.GetProperty("Value").GetInt32())];
            }
        }

        return null;
    }
}
