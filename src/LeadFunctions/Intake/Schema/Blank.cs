using System.Runtime.InteropServices;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Intake.Schema;

/// <summary>What counts as absent: null, a text in which nothing is to be seen, an object in which everything is absent.</summary>
internal static class Blank
{
    public static bool Is(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => !BeginsVisibly(value) && ValueText.Trim(value.GetString()!).Length == 0,
        JsonValueKind.Object => value.EnumerateObject().All(property => Is(property.Value)),
        _ => false,
    };

    /// <summary>Its first letter is an ASCII one that can be seen: nearly every text, and told without making a string.</summary>
    private static bool BeginsVisibly(JsonElement text) =>
        JsonMarshal.GetRawUtf8Value(text)[1] is > (byte)' ' and < 0x7f and not (byte)'"' and not (byte)'\\';
}
