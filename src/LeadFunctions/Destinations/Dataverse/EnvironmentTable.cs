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
                var create = table.GetProperty("Privileges").EnumerateArray().FirstOrDefault(privilege => privilege.GetProperty("PrivilegeType").ValueEquals("Create"));
                if (create.ValueKind == JsonValueKind.Object)
                {
                    return new EnvironmentTable(table.GetProperty("LogicalName").GetString()!, table.GetProperty("EntitySetName").GetString()!, create.GetProperty("Name").GetString()!);
                }
            }
        }

        return null;
    }
}
