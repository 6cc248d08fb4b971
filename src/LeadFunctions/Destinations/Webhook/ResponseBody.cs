using System.Text.Json;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>
/// Finds the answers that say in their body that nothing was done, whatever their status says: Slack's <c>"ok": false</c>,
/// <c>"success": false</c>, GraphQL's <c>errors</c>, <c>errcode</c>, Teams' "Webhook message delivery failed".
/// </summary>
internal static class ResponseBody
{
    private static readonly string[] Flags = ["ok", "success"];
    private static readonly string[] Faults = ["error", "errors"];
    private static readonly string[] FailedStates = ["error", "fail", "failed", "failure"];

    public static bool SaysFailed(string body)
    {
        if (body.StartsWith("Webhook message delivery failed", StringComparison.Ordinal))
        {
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().Any(SaysFailed) : SaysFailed(root);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or no text in it that can be read: the status decides.
            return false;
        }
    }

    private static bool SaysFailed(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object
        && answer
            .EnumerateObject()
            .Any(property =>
                (Is(property, Flags) && IsFalse(property.Value))
                || (Is(property, Faults) && IsThere(property.Value))
                || (property.NameEquals("errcode")
                    && property.Value.ValueKind == JsonValueKind.Number
                    && property.Value.GetRawText() != "0")
                || (property.NameEquals("status")
                    && property.Value.ValueKind == JsonValueKind.String
                    && FailedStates.Contains(property.Value.GetString(), StringComparer.OrdinalIgnoreCase)));

    private static bool Is(JsonProperty property, string[] names) => Array.Exists(names, name => property.NameEquals(name));

    private static bool IsFalse(JsonElement value) =>
        value.ValueKind == JsonValueKind.False
        || (value.ValueKind == JsonValueKind.String && string.Equals(value.GetString(), "false", StringComparison.OrdinalIgnoreCase));

    /// <summary>Null, false, an empty text and an empty list are how systems say that there was none.</summary>
    private static bool IsThere(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => !string.IsNullOrWhiteSpace(value.GetString()),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => false,
    };
}
