using System.Text.Encodings.Web;
using System.Text.Json;

namespace LeadFunctions.Runs.Pages;

/// <summary>Lays JSON out in lines, also where it is the body below a request's first lines.</summary>
internal static class Readable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string text)
    {
        var body = text.IndexOf("\n\n", StringComparison.Ordinal) is var at and >= 0 && !text.StartsWith('{') ? at + 2 : 0;
        try
        {
            return text[..body] + JsonSerializer.Serialize(JsonElement.Parse(text[body..]), Indented);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
