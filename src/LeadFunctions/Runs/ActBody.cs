using System.Text.Json;

namespace LeadFunctions.Runs;

/// <summary>What an act says beside its address: a JSON object or a form, so that a page and a program can both send it.</summary>
internal static class ActBody
{
    private const int MostBytes = 16 * 1024;

    /// <summary>The text of one field; null when it is absent or blank, or the body is neither.</summary>
    public static async Task<string?> TextAsync(HttpRequest request, string name)
    {
        var text = request.HasFormContentType
            ? (await request.ReadFormAsync(request.HttpContext.RequestAborted))[name].ToString()
            : await JsonTextAsync(request, name);
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    private static async Task<string?> JsonTextAsync(HttpRequest request, string name)
    {
        if (request.ContentLength > MostBytes)
        {
            return null;
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, default, request.HttpContext.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
