using System.Text.Json;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>A table as its environment defines it.</summary>
/// <param name="Table">Its logical name: <c>lead</c>.</param>
/// <param name="Set">Its entity set's name: <c>leads</c>.</param>
/// <param name="CreatePrivilege">The privilege without which no row can be made: <c>prvCreateLead</c>.</param>
internal sealed record EnvironmentTable(string Table, string Set, string CreatePrivilege)
{
    /// <summary>Without it no row can be changed, as later events of an appointment do.</summary>
    public string WritePrivilege => CreatePrivilege.Replace("Create", "Write", StringComparison.Ordinal);

    public static readonly EnvironmentTable Leads = new("lead", "leads", "prvCreateLead");

    /// <summary>The first of an <c>EntityDefinitions</c> answer; null when it has none that rows can be made in.</summary>
    public static EnvironmentTable? Read(JsonElement definitions)
    {
        if (definitions.TryGetProperty("value", out var tables) && tables.ValueKind == JsonValueKind.Array)
        {
            foreach (var table in tables.EnumerateArray())
            {
                var create = table
                    .GetProperty("Privileges")
                    .EnumerateArray()
                    .FirstOrDefault(privilege => privilege.GetProperty("PrivilegeType").ValueEquals("Create"));
                if (create.ValueKind == JsonValueKind.Object)
                {
                    return new EnvironmentTable(
                        table.GetProperty("LogicalName").GetString()!,
                        table.GetProperty("EntitySetName").GetString()!,
                        create.GetProperty("Name").GetString()!);
                }
            }
        }

        return null;
    }
}

/// <summary>
/// A way from the table to another row, as its environment defines it. A lookup that may lead to several tables has one for each.
/// </summary>
/// <param name="Column">The lookup's logical name.</param>
/// <param name="Navigation">What is written before <c>@odata.bind</c>, in these letters.</param>
/// <param name="Target">The logical name of the table that it leads to.</param>
/// <param name="TargetSet">That table's entity set, which stands in the value; null when it isn't known.</param>
internal sealed record EnvironmentLookup(string Column, string Navigation, string Target, string? TargetSet)
{
    public static string Question(string table, IEnumerable<string> names) =>
        $"EntityDefinitions(LogicalName='{table}')/ManyToOneRelationships"
        + "?$select=ReferencingAttribute,ReferencingEntityNavigationPropertyName,ReferencedEntity&$filter="
        + string.Join(
            " or ",
            names.Select(name =>
                $"ReferencingAttribute eq '{ODataText.Of(name.ToLowerInvariant())}' "
                    + $"or ReferencingEntityNavigationPropertyName eq '{ODataText.Of(name)}'"));

    public static string SetQuestion(IEnumerable<EnvironmentLookup> lookups) =>
        "EntityDefinitions?$select=LogicalName,EntitySetName&$filter="
        + string.Join(
            " or ",
            lookups.Select(lookup => lookup.Target).Distinct().Select(target => $"LogicalName eq '{ODataText.Of(target)}'"));

    public static IReadOnlyList<EnvironmentLookup> Read(JsonElement answer) =>
        [
            .. Items(answer)
                .Select(item => new EnvironmentLookup(
                    Text(item, "ReferencingAttribute"),
                    Text(item, "ReferencingEntityNavigationPropertyName"),
                    Text(item, "ReferencedEntity"),
                    null)),
        ];

    public EnvironmentLookup WithSet(JsonElement tables) =>
        this with
        {
            TargetSet = Items(tables)
                .Where(table => Text(table, "LogicalName") == Target)
                .Select(table => Text(table, "EntitySetName"))
                .FirstOrDefault(name => name.Length > 0),
        };

    private static IEnumerable<JsonElement> Items(JsonElement answer) =>
        answer.TryGetProperty("value", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    private static string Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>A text inside the quotes of a $filter.</summary>
internal static class ODataText
{
    public static string Of(string text) => Uri.EscapeDataString(text.Replace("'", "''", StringComparison.Ordinal));
}
