using System.Globalization;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rendering;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>
/// Holds the configured columns against those of the environment: what would be refused for every lead, or for the first long one, and
/// nothing that would be taken.
/// </summary>
/// <param name="columns">By logical name.</param>
/// <param name="lookups">Of the lookups among them.</param>
internal sealed class ColumnCheck(
    string table,
    IReadOnlyDictionary<string, EnvironmentColumn> columns,
    IReadOnlyList<EnvironmentLookup> lookups)
{
    /// <param name="row">The row of a sample lead.</param>
    /// <param name="isChanged">Later events change the row.</param>
    public IReadOnlyList<CheckResult> Compare(
        IReadOnlyList<(Column Column, LeadTemplate Template)> configured,
        JsonObject row,
        bool isChanged)
    {
        CheckResult[] faults = [.. configured
            .Select(column => (column.Column.Name, Fault: Fault(column.Column, column.Template, row[column.Column.Name], isChanged)))
            .Where(column => column.Fault is not null)
            .Select(column => new CheckResult($"column {column.Name}", false, column.Fault))];
        return faults.Length > 0 ? faults : [new CheckResult($"{configured.Count} columns of {table}", true)];
    }

    /// <summary>The logical name of the column behind a configured one: of a lookup without <c>@odata.bind</c>.</summary>
    public static string LogicalName(Column column) => IsBound(column) ? NavigationOf(column).ToLowerInvariant() : column.Name;

    public static bool IsBound(Column column) => column.Name.EndsWith(Column.Bind, StringComparison.OrdinalIgnoreCase);

    public static string NavigationOf(Column column) => column.Name[..^Column.Bind.Length];

    private string? Fault(Column column, LeadTemplate template, JsonNode? value, bool isChanged)
    {
        if (IsBound(column))
        {
            return LookupFault(column, value, isChanged);
        }

        return columns.GetValueOrDefault(column.Name) switch
        {
            null =>
                $"The table has no such column (names are its logical names, in small letters). Mend or remove Columns:{column.Name}; an "
                    + "empty template leaves a default column out.",
            { CanBeWritten: false } => $"It can't be written when a row is made. Remove Columns:{column.Name}.",
            { CanBeChanged: false } when isChanged =>
                $"It can't be changed once the row is there, as later events of an appointment do. Remove Columns:{column.Name}.",
            { IsLookup: true } =>
                $"It is a lookup there. Write Columns:{BoundName(column.Name)} = /entityset(id) instead of Columns:{column.Name}.",
            var there when Types(there) is not { Length: > 0 } =>
                $"It is a {there.Type} there, which a template can't fill. Remove Columns:{column.Name}.",
            var there when !Types(there).Contains(column.Type) && !IsTextOf(column, value, there) =>
                $"It is a {there.Type}{(there.DateOnly == true ? " without a time (Date Only)" : "")} there, but a {column.Type} here. Set "
                    + $"Types:{column.Name} to {Types(there)[0]}.",
            { Choices: { } choices } when NoChoices(value, choices) is { Length: > 0 } others =>
                $"{others} is none of its choices there ({string.Join(", ", choices)}). Set Columns:{column.Name} to "
                    + "one of them, or to nothing.",
            { Least: { } least } when Amount(value) < least =>
                $"{value} is less than {least.ToString(CultureInfo.InvariantCulture)}, the least that it takes there.",
            { Most: { } most } when Amount(value) > most =>
                $"{value} is more than {most.ToString(CultureInfo.InvariantCulture)}, the most that it takes there.",
            { Longest: { } most } when column.Type == ColumnType.String && Longest(column, template, value) > most =>
                $"It holds {most} characters there. Set MaxLengths:{column.Name} to {most}, so that a longer text is cut (what is cut is "
                    + "kept in the description) and not refused.",
            _ => null,
        };
    }

    private string? LookupFault(Column column, JsonNode? value, bool isChanged)
    {
        var navigation = NavigationOf(column);
        var found = lookups.Where(lookup => lookup.Navigation == navigation).ToList();
        var near = lookups
            .Where(lookup =>
                lookup.Column.Equals(navigation, StringComparison.OrdinalIgnoreCase)
                || lookup.Navigation.Equals(navigation, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var there = columns.GetValueOrDefault(
            found.FirstOrDefault()?.Column ?? near.FirstOrDefault()?.Column ?? navigation.ToLowerInvariant());
        return there switch
        {
            null when found.Count == 0 => $"The table has no lookup {navigation}. Mend or remove Columns:{column.Name}.",
            { IsLookup: false } =>
                $"It is a {there.Type} there and no lookup. Write Columns:{navigation} instead of Columns:{column.Name}.",
            { CanBeWritten: false } => $"It can't be written when a row is made. Remove Columns:{column.Name}.",
            { CanBeChanged: false } when isChanged =>
                $"It can't be changed once the row is there, as later events of an appointment do. Remove Columns:{column.Name}.",
            _ when found.Count == 0 && near.Count > 0 =>
                "It is written by its navigation property, in these letters: "
                    + $"{string.Join(" or ", near.Select(lookup => lookup.Navigation + Column.Bind))}. Mend Columns:{column.Name}.",
            _ when value is not null && found is [{ TargetSet: { } set } lookup] && SetIn(value.ToString()) is { } given && given != set =>
                $"It leads to the table {lookup.Target}, whose rows are /{set}(id), and not to {given}. Mend Columns:{column.Name}.",
            _ => null,
        };
    }

    private string BoundName(string column) =>
        (lookups.FirstOrDefault(lookup => lookup.Column == column)?.Navigation ?? column) + Column.Bind;

    private static string? SetIn(string address) => address.LastIndexOf('(') is var end and > 0 ? address[..end].Split('/')[^1] : null;

    private static int Longest(Column column, LeadTemplate template, JsonNode? value) =>
        template.IsText ? value?.GetValue<string>().Length ?? 0 : column.MaxLength ?? int.MaxValue;

    /// <summary>A column that was left a text takes the texts that JSON has for days, times, keys and lists of choices.</summary>
    private static bool IsTextOf(Column column, JsonNode? value, EnvironmentColumn there) =>
        column.Type == ColumnType.String && value is not null
        && Types(there).Any(type => type is ColumnType.DateTime or ColumnType.Date or ColumnType.Guid or ColumnType.Choices
            && (column with { Type = type }).Parse(value.ToString()) is { } same && same.ToString() == value.ToString());

    private static string NoChoices(JsonNode? value, IReadOnlyList<int> choices) =>
        value is null ? "" : string.Join(", ", (Column.Numbers(value.ToString()) ?? []).Except(choices));

    private static decimal? Amount(JsonNode? value) =>
        value is not null && decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : null;

    /// <summary>The types here whose values a Dataverse column takes, the usual one first.</summary>
    private static ColumnType[] Types(EnvironmentColumn there) => there.Type switch
    {
        "String" or "Memo" => [ColumnType.String],
        "Picklist" or "State" or "Status" => [ColumnType.Choice, ColumnType.Integer],
        "MultiSelectPicklist" => [ColumnType.Choices],
        "Integer" or "BigInt" => [ColumnType.Integer, ColumnType.Choice],
        "Boolean" => [ColumnType.Boolean],
        "Decimal" => [ColumnType.Decimal, ColumnType.Money, ColumnType.Double, ColumnType.Integer],
        "Money" => [ColumnType.Money, ColumnType.Decimal, ColumnType.Double, ColumnType.Integer],
        "Double" => [ColumnType.Double, ColumnType.Decimal, ColumnType.Money, ColumnType.Integer],
        "DateTime" => there.DateOnly switch
        {
            true => [ColumnType.Date],
            false => [ColumnType.DateTime],
            null => [ColumnType.DateTime, ColumnType.Date],
        },
        "Uniqueidentifier" => [ColumnType.Guid],
        _ => [],
    };
}
