using System.Text;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Rendering;

/// <summary>Rows as Dataverse would get them, held to its contract.</summary>
internal static class CrmRow
{
    public static RowOptions Options(params IEnumerable<(string Key, string Value)> settings) =>
        SettingsOf.Read(reader => RowOptions.Read(reader, "crm"), settings.Select(setting => ($"crm:{setting.Key}", setting.Value)));

    /// <summary>The row of a lead, which Dataverse takes.</summary>
    public static JsonObject Of(Lead lead, RowOptions? options = null, DataverseTable? table = null)
    {
        var (row, fault) = new RowWriter(options ?? Options()).Write(lead);
        Assert.Null(fault);
        // As it comes off the wire: every value is a JSON value, not a CLR one.
        var sent = JsonNode.Parse(row!.ToJsonString())!.AsObject();
        Assert.Null((table ?? new DataverseTable()).Read(Encoding.UTF8.GetBytes(row!.ToJsonString())).Error);
        return sent;
    }

    public static string? Text(this JsonObject row, string column) => row[column]?.GetValue<string>();
}
