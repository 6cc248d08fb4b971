using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Destinations.Templates;

namespace LeadFunctions.Commands;

/// <summary>A running instance said no; the message says why, with every fault that it named.</summary>
internal sealed class RefusalException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public static RefusalException Of(HttpStatusCode status, string body, Uri url, string keyAdvice) => new(status, status switch
    {
        HttpStatusCode.Unauthorized => $"{url} wants a key, or another one (401). {keyAdvice}",
        _ => Words(body) ?? $"{url} answered {(int)status}, and not as LeadFunctions does. Is --url right?",
    });

    /// <summary>Null when it is no problem of ours.</summary>
    private static string? Words(string body)
    {
        try
        {
            var problem = JsonElement.Parse(body);
            var words = new StringBuilder($"{Text(problem, "title")}. {Text(problem, "detail")}");
            if (problem.TryGetProperty("errors", out var errors))
            {
                foreach (var error in errors.EnumerateArray())
                {
                    words.Append(Environment.NewLine).Append("  ").Append($"{Text(error, "path")} {Text(error, "message")}".TrimStart());
                }
            }

            return problem.TryGetProperty("refusedId", out _) ? $"{words}{Environment.NewLine}It is kept as the refused body {Text(problem, "refusedId")}." : words.ToString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonElement problem, string name) => PlainText.OneLine(problem.GetProperty(name).GetString() ?? "");
}
