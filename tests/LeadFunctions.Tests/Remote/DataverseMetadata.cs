using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

/// <summary>
/// The lead table's definition and the user's privileges, as the Web API gives them ("Query table definitions using the Web API",
/// RetrieveUserPrivilegeByPrivilegeName). Every question must say with $select what it wants.
/// </summary>
internal sealed partial class DataverseMetadata(DataverseTable table, Guid user)
{
    private const string Attributes = "EntityDefinitions(LogicalName='lead')/Attributes";

    private static readonly string[] Memos = ["description", "qualificationcomments"];

    public ISet<string> Granted { get; } = new HashSet<string>(["prvCreateLead", "prvWriteLead", "prvReadEntity", "prvReadAttribute"]);

    /// <summary>Null when it asks for something else.</summary>
    public Reply? Answer(string resource, string query)
    {
        var parameters = QueryHelpers.ParseQuery(query);
        resource = Uri.UnescapeDataString(resource);
        if (PrivilegeCall().Match(resource) is { Success: true } call)
        {
            return Guid.Parse(call.Groups[1].Value) == user ? Ok(new JsonObject { ["RolePrivileges"] = RolePrivileges(call.Groups[2].Value) }) : DataverseError.NotThere(user).ToReply();
        }

        if (!resource.StartsWith("EntityDefinitions", StringComparison.Ordinal))
        {
            return null;
        }

        if (Array.Find(["prvReadEntity", "prvReadAttribute"], needed => !Granted.Contains(needed)) is { } missing)
        {
            return DataverseError.MissingPrivilege(missing).ToReply();
        }

        var select = parameters["$select"].ToString().Split(',');
        var names = Named().Matches(parameters["$filter"].ToString()).Select(match => match.Groups[1].Value).ToList();
        return resource switch
        {
            "EntityDefinitions" => List([.. names.Contains("leads") ? [Table()] : Array.Empty<JsonObject>(), .. Targets(names)], select),
            "EntityDefinitions(LogicalName='lead')/ManyToOneRelationships" => List(Relationships(names), select),
            Attributes => List(Columns(names, _ => true).Select(Column), select),
            $"{Attributes}/Microsoft.Dynamics.CRM.StringAttributeMetadata" => List(Columns(names, type => type == "String").Select(Column), select),
            $"{Attributes}/Microsoft.Dynamics.CRM.MemoAttributeMetadata" => List(Columns(names, type => type == "Memo").Select(Column), select),
            $"{Attributes}/Microsoft.Dynamics.CRM.DateTimeAttributeMetadata" => List(Columns(names, type => type == "DateTime").Select(Column), select),
            $"{Attributes}/Microsoft.Dynamics.CRM.IntegerAttributeMetadata" => List(Columns(names, type => type == "Integer").Select(Column), select),
            $"{Attributes}/Microsoft.Dynamics.CRM.DecimalAttributeMetadata" => List(Columns(names, type => type == "Decimal").Select(Column), select),
            $"{Attributes}/Microsoft.Dynamics.CRM.MultiSelectPicklistAttributeMetadata" when parameters["$expand"].ToString().Contains("OptionSet($select=Options)", StringComparison.Ordinal) =>
                List(Columns(names, type => type == "Virtual").Select(Column), [.. select, "OptionSet", "GlobalOptionSet"]),
            $"{Attributes}/Microsoft.Dynamics.CRM.PicklistAttributeMetadata" when parameters["$expand"].ToString().Contains("OptionSet($select=Options)", StringComparison.Ordinal) =>
                List(Columns(names, type => type == "Picklist").Select(Column), [.. select, "OptionSet", "GlobalOptionSet"]),
            _ => DataverseError.UnknownSegment(resource).ToReply(),
        };
    }

    private JsonArray RolePrivileges(string name) => Granted.Contains(name)
        ? [new JsonObject { ["Depth"] = "Global", ["PrivilegeId"] = Guid.NewGuid(), ["BusinessUnitId"] = Guid.NewGuid(), ["PrivilegeName"] = name, ["RecordFilterId"] = Guid.Empty }]
        : [];

    private static JsonObject Table() => new()
    {
        ["LogicalName"] = "lead",
        ["EntitySetName"] = "leads",
        ["Privileges"] = new JsonArray([.. new[] { "Create", "Read", "Write", "Delete" }.Select(type => new JsonObject { ["Name"] = $"prv{type}Lead", ["PrivilegeType"] = type, ["CanBeBasic"] = true })]),
    };

    private IEnumerable<JsonObject> Targets(List<string> names) => table.Columns.Select(column => column.Lookup).OfType<(string Navigation, string Target, string Set)>()
        .DistinctBy(lookup => lookup.Target)
        .Where(lookup => names.Contains(lookup.Target))
        .Select(lookup => new JsonObject { ["LogicalName"] = lookup.Target, ["EntitySetName"] = lookup.Set });

    private IEnumerable<JsonObject> Relationships(List<string> names) => table.Columns
        .Where(column => column.Lookup is { } lookup && (names.Contains(column.Name) || names.Contains(lookup.Navigation)))
        .Select(column => new JsonObject
        {
            ["ReferencingAttribute"] = column.Name,
            ["ReferencingEntityNavigationPropertyName"] = column.Lookup!.Value.Navigation,
            ["ReferencedEntity"] = column.Lookup.Value.Target,
        });

    private IEnumerable<DataverseColumn> Columns(List<string> names, Func<string, bool> type) => table.Columns.Where(column => names.Contains(column.Name) && type(TypeOf(column)));

    private static JsonObject Column(DataverseColumn column) => new()
    {
        ["LogicalName"] = column.Name,
        ["AttributeType"] = TypeOf(column),
        ["AttributeTypeName"] = new JsonObject { ["Value"] = (column.Type == "choices" ? "MultiSelectPicklist" : TypeOf(column)) + "Type" },
        ["IsValidForCreate"] = !column.ReadOnly,
        ["IsValidForUpdate"] = !column.ReadOnly && !column.OnlyAtCreation,
        ["MinValue"] = column.Least,
        ["MaxValue"] = column.Most,
        ["Format"] = column.Type == "date" ? "DateOnly" : "DateAndTime",
        ["DateTimeBehavior"] = new JsonObject { ["Value"] = column.Type == "date" ? "DateOnly" : "UserLocal" },
        ["MaxLength"] = column.MaxLength,
        ["OptionSet"] = column.Options is null ? null : new JsonObject { ["Options"] = new JsonArray([.. column.Options.Select(option => new JsonObject { ["Value"] = option })]) },
        ["GlobalOptionSet"] = null,
    };

    private static string TypeOf(DataverseColumn column) => column.Type switch
    {
        "string" => Memos.Contains(column.Name) ? "Memo" : "String",
        "choice" => "Picklist",
        "integer" => "Integer",
        "boolean" => "Boolean",
        "decimal" => "Decimal",
        "money" => "Money",
        "double" => "Double",
        "datetime" or "date" => "DateTime",
        "choices" => "Virtual",
        "lookup" => "Lookup",
        "guid" => "Uniqueidentifier",
        var other => other,
    };

    private static Reply List(IEnumerable<JsonObject> items, string[] select) => Ok(new JsonObject
    {
        ["value"] = new JsonArray([.. items.Select(item => new JsonObject(item.Where(property => select.Contains(property.Key)).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone()))))]),
    });

    private static Reply Ok(JsonObject body) => new(200, body.ToJsonString(), "application/json; odata.metadata=minimal", ("OData-Version", "4.0"));

    [GeneratedRegex(@"^systemusers\(([0-9a-f-]{36})\)/Microsoft\.Dynamics\.CRM\.RetrieveUserPrivilegeByPrivilegeName\(PrivilegeName='(\w+)'\)$")]
    private static partial Regex PrivilegeCall();

    [GeneratedRegex(@"(?:LogicalName|EntitySetName|ReferencingAttribute|ReferencingEntityNavigationPropertyName) eq '([^']*)'")]
    private static partial Regex Named();
}
