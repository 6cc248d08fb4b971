using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Commands;

/// <summary>JSON as commands print it: indented, letters of every script as they are.</summary>
internal static class CommandJson
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode node) => node.ToJsonString(Readable);

    public static string Text(JsonElement element) => JsonSerializer.Serialize(element, Readable);
}
