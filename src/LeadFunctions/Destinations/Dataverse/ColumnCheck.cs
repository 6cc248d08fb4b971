using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rows;
using LeadFunctions.Destinations.Templates;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>Holds the configured columns against those of the environment: what would be refused for every lead, or for the first long one.</summary>
internal static class ColumnCheck
{
    /// <param name="row">The row of a sample lead.</param>
    public static IReadOnlyList<CheckResult> Compare(
        string table,
        IReadOnlyList<(Column Column, LeadTemplate Template)> columns,
        JsonObject row,
        IReadOnlyDictionary<string, EnvironmentColumn> found)
    {
        CheckResult[] faults = [.. columns
            .Select(column => (column.Column.Name, Fault: Fault(column.Column, column.Template, row[column.Column.Name], found.GetValueOrDefault(column.Column.Name))))
            .Where(column => column.Fault is not null)
            .Select(column => new CheckResult($"column {column.Name}", false, column.Fault))];
        return faults.Length > 0 ? faults : [new CheckResult($"{columns.Count} columns of {table}", true)];
    }

    private static string? Fault(Column column, LeadTemplate template, JsonNode? value, EnvironmentColumn? there) => there switch
    {
        null => $"The table has no such column (names are its logical names, in small letters). Mend or remove Columns:{column.Name}; an empty template leaves a default column out.",
        { CanBeWritten: false } => $"It can't be written when a row is made. Remove Columns:{column.Name}.",
        _ when Types(there.Type) is not { Length: > 0 } types => $"It is a {there.Type} there, which a template can't fill. Remove Columns:{column.Name}.",
        _ when !Types(there.Type).Contains(column.Type) => $"It is a {there.Type} there, but a {column.Type} here. Set Types:{column.Name} to {Types(there.Type)[0]}.",
        { Choices: { } choices } when value is not null && !choices.Contains(value.GetValue<int>()) => $"{value} is none of its choices there ({string.Join(", ", choices)}). Set Columns:{column.Name} to one of them, or to nothing.",
        { Longest: { } most } when column.Type == ColumnType.String && Longest(column, template, value) > most => $"It holds {most} characters there. Set MaxLengths:{column.Name} to {most}, so that a longer text is cut (what is cut is kept in the description) and not refused.",
        _ => null,
    };

    private static int Longest(Column column, LeadTemplate template, JsonNode? value) =>
        template.IsText ? value?.GetValue<string>().Length ?? 0 : column.MaxLength ?? int.MaxValue;

    /// <summary>The types here whose values a Dataverse column takes, the usual one first.</summary>
    private static ColumnType[] Types(string type) => type switch
    {
        "String" or "Memo" => [ColumnType.String],
        "Picklist" or "State" or "Status" => [ColumnType.Choice, ColumnType.Integer],
        "Integer" or "BigInt" => [ColumnType.Integer, ColumnType.Choice],
        "Boolean" => [ColumnType.Boolean],
        "Decimal" => [ColumnType.Decimal, ColumnType.Money, ColumnType.Double, ColumnType.Integer],
        "Money" => [ColumnType.Money, ColumnType.Decimal, ColumnType.Double, ColumnType.Integer],
        "Double" => [ColumnType.Double, ColumnType.Decimal, ColumnType.Money, ColumnType.Integer],
        "DateTime" => [ColumnType.DateTime],
        "Uniqueidentifier" => [ColumnType.Guid],
        _ => [],
    };
}
