using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>The written contracts of the remote systems, embedded in this assembly under their file names.</summary>
internal static class Contract
{
    public const string DataverseLead = "dataverse-lead-columns.json";

    public const string SendGridMail = "sendgrid-mail-v3.openapi.json";

    public static JsonObject Read(string fileName)
    {
        using var stream = typeof(Contract).Assembly.GetManifestResourceStream(fileName)
            ?? throw new InvalidOperationException($"'{fileName}' isn't embedded in the test assembly; its LogicalName must be the file's name.");
        return JsonNode.Parse(stream)!.AsObject();
    }
}
