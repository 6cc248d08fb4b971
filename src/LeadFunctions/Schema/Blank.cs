using System.Text.Json;

namespace LeadFunctions.Schema;

/// <summary>What counts as absent: null, a text of white space alone, an object in which everything is absent.</summary>
internal static class Blank
{
    public static bool Is(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => string.IsNullOrWhiteSpace(value.GetString()),
        JsonValueKind.Object => value.EnumerateObject().All(property => Is(property.Value)),
        _ => false,
    };
}
