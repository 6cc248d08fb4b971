using System.Text.Json;
using System.Text.RegularExpressions;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>
/// What SendGrid's answers mean (v3 API reference, "Responses"). 401 and 403 are said of a key that is refused, of credits that are used up
/// until the month ends and of a sender that isn't verified: the first two can be repaired without a resubmit.
/// </summary>
internal static partial class SendGridResponse
{
    public static DeliveryOutcome Classify(RemoteReply.Response response, DateTimeOffset now)
    {
        var errors = Errors(response.Body);
        return response.Status switch
        {
            // A proxy's page is not SendGrid's answer, and an answer that names errors is no success.
            >= 200 and < 300 when !response.IsPage && errors is not { Count: > 0 } => new DeliveryOutcome.Delivered(
                response.Status,
                response.Header("X-Message-Id")),
            >= 200 and < 300 when errors is { Count: > 0 } => new DeliveryOutcome.Retry(
                response.Status,
                Words(response),
                response.Wait(now)),
            401 or 408 or 429 or >= 500 => new DeliveryOutcome.Retry(response.Status, Words(response), response.Wait(now)),
            >= 400 when HealsByItself(response) || IsAboutTheKey(response) => new DeliveryOutcome.Retry(
                response.Status,
                Words(response),
                response.Wait(now)),
            >= 400 => new DeliveryOutcome.Reject(response.Status, Words(response)),
            _ => new DeliveryOutcome.Retry(
                response.Status,
                $"Expected 202 from SendGrid, but the answer was {response.Status} ({response.MediaType ?? "no content"}). Redirects are "
                    + "not followed: check Host."),
        };
    }

    public static string Explain(RemoteReply reply) => reply switch
    {
        RemoteReply.Response response => Words(response),
        RemoteReply.NoResponse none => none.Message,
        _ => throw new InvalidOperationException($"No words for {reply.GetType().Name}."),
    };

    private static bool HealsByItself(RemoteReply.Response response) =>
        response.Status is 401 or 402 or 403 && RemoteLimits.IsLimit(response, Words(response));

    private static bool IsAboutTheKey(RemoteReply.Response response) => response.Status == 403 && AccessWords().IsMatch(Words(response));

    private static string Words(RemoteReply.Response response) =>
        RemoteText.Brief(
            $"SendGrid answered {response.Status}: "
                + $"{(Errors(response.Body) is { } errors ? string.Join("; ", errors) : RemoteText.WithoutMarkup(response.Body))}");

    /// <summary>Each message of its list with its field; null when the answer has no such list.</summary>
    private static List<string>? Errors(string body)
    {
        try
        {
            var words = new List<string>();
            using var document = JsonDocument.Parse(body);
            foreach (var error in document.RootElement.GetProperty("errors").EnumerateArray())
            {
                var field =
                    error.TryGetProperty("field", out var name) && name.ValueKind == JsonValueKind.String ? $" ({name.GetString()})" : "";
                words.Add(error.GetProperty("message").GetString() + field);
            }

            return words;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        @"SendGrid answered 403: (?:access forbidden|authorization required|[^;(]*(?:api key|permissions?|scopes?))",
        RegexOptions.IgnoreCase)]
    private static partial Regex AccessWords();
}
