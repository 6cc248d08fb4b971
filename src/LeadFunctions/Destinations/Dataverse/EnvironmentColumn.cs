using System.Text.Json;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>A column as its environment defines it.</summary>
/// <param name="Type">
/// Dataverse's <c>AttributeType</c>: <c>String</c>, <c>Memo</c>, <c>Picklist</c>, <c>Lookup</c>…; <c>MultiSelectPicklist</c>, which it
/// calls virtual.
/// </param>
/// <param name="CanBeWritten">When a row is made.</param>
/// <param name="CanBeChanged">When a row is there, as later events of an appointment find it.</param>
internal sealed record EnvironmentColumn(string Type, bool CanBeWritten, bool CanBeChanged)
{
    /// <summary>Of a text; null for everything else.</summary>
    public int? Longest { get; init; }

    /// <summary>The values of a choice; null for everything else.</summary>
    public IReadOnlyList<int>? Choices { get; init; }

    /// <summary>It takes a day and refuses a time; null when that isn't known.</summary>
    public bool? DateOnly { get; init; }

    public decimal? Least { get; init; }

    public decimal? Most { get; init; }

    /// <summary>A column that holds another row's key.</summary>
    public bool IsLookup => Type is "Lookup" or "Customer" or "Owner";

    /// <summary>The names are asked for and no others: a table may have hundreds, and of an answer only the beginning is read.</summary>
    public static string Question(string table, IEnumerable<string> names) =>
        $"{Attributes(table)}?$select=LogicalName,AttributeType,AttributeTypeName,IsValidForCreate,IsValidForUpdate&{Filter(names)}";

    /// <summary>What decides about columns of these types beside the type: asked where there are such columns.</summary>
    public static IEnumerable<string> Details(string table, IReadOnlyDictionary<string, EnvironmentColumn> columns)
    {
        foreach (var type in columns.GroupBy(column => column.Value.Type, column => column.Key))
        {
            var what = type.Key switch
            {
                "String" or "Memo" => "?$select=LogicalName,MaxLength&",
                "Picklist" or "MultiSelectPicklist" or "State" or "Status" =>
                    "?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet($select=Options)&",
                "DateTime" => "?$select=LogicalName,Format,DateTimeBehavior&",
                "Integer" or "Decimal" or "Double" or "Money" => "?$select=LogicalName,MinValue,MaxValue&",
                _ => null,
            };
            if (what is not null)
            {
                yield return $"{Attributes(table)}/Microsoft.Dynamics.CRM.{type.Key}AttributeMetadata{what}{Filter(type)}";
            }
        }
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
                columns[name] = new EnvironmentColumn(
                    TypeOf(item, type.GetString()!),
                    Flag(item, "IsValidForCreate"),
                    Flag(item, "IsValidForUpdate"));
            }
            else if (columns.TryGetValue(name, out var known))
            {
                columns[name] = known with
                {
                    Longest = Number(item, "MaxLength") is { } length ? (int)length : known.Longest,
                    Choices = ChoicesOf(item) ?? known.Choices,
                    DateOnly = IsDateOnly(item) ?? known.DateOnly,
                    Least = Number(item, "MinValue") ?? known.Least,
                    Most = Number(item, "MaxValue") ?? known.Most,
                };
            }
        }

        return true;
    }

    private static string Attributes(string table) => $"EntityDefinitions(LogicalName='{table}')/Attributes";

    private static string Filter(IEnumerable<string> names) =>
        "$filter=" + string.Join(" or ", names.Select(name => $"LogicalName eq '{ODataText.Of(name)}'"));

    // AttributeType calls a multi-select choice Virtual; its name alone tells what it is.
    private static string TypeOf(JsonElement column, string type) =>
        column.TryGetProperty("AttributeTypeName", out var name) && name.ValueKind == JsonValueKind.Object
        && name.TryGetProperty("Value", out var value) && value.ValueEquals("MultiSelectPicklistType") ? "MultiSelectPicklist" : type;

    private static bool Flag(JsonElement column, string name) =>
        !column.TryGetProperty(name, out var flag) || flag.ValueKind != JsonValueKind.False;

    private static decimal? Number(JsonElement column, string name) =>
        column.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            ? number
            : null;

    // The behaviour decides; a column that only shows a date (Format) still takes times.
    private static bool? IsDateOnly(JsonElement column) =>
        column.TryGetProperty("DateTimeBehavior", out var behavior)
        && behavior.ValueKind == JsonValueKind.Object
        && behavior.TryGetProperty("Value", out var value)
            ? value.ValueEquals("DateOnly") ? true : IsShownAsDate(column) ? null : false
            : IsShownAsDate(column) ? true : null;

    private static bool IsShownAsDate(JsonElement column) =>
        column.TryGetProperty("Format", out var format) && format.ValueKind == JsonValueKind.String && format.ValueEquals("DateOnly");

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
