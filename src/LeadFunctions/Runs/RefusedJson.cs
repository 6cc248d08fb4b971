using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Runs;

/// <summary>A refused body as JSON: what was wrong with it, and what it was.</summary>
internal static class RefusedJson
{
    public static void Write(Utf8JsonWriter json, RefusedBody refused)
    {
        json.WriteStartObject();
        json.WriteString("refusedId", refused.Id.Value);
        json.WriteString("receivedAt", refused.ReceivedAt.UtcDateTime);
        json.WriteStartArray("errors");
        foreach (var violation in refused.Violations)
        {
            json.WriteStartObject();
            json.WriteString("path", violation.Path);
            json.WriteString("message", violation.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("body", refused.Text);
        if (refused.ReplayedAt is { } at)
        {
            json.WriteString("replayedAt", at.UtcDateTime);
            json.WriteString("replayedBy", refused.ReplayedBy);
            json.WriteString("leadId", (refused.Repeats ?? refused.Id).Value);
        }

        json.WriteEndObject();
    }
}
