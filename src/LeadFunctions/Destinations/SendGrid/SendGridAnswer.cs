using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>What SendGrid's answers mean (v3 API reference, "Responses").</summary>
internal static class SendGridAnswer
{
    public static DeliveryOutcome Classify(RemoteReply.Answer answer, DateTimeOffset now) => answer.Status switch
    {
        // A proxy's page is not SendGrid's answer.
        >= 200 and < 300 when answer.MediaType != "text/html" => new DeliveryOutcome.Delivered(answer.Status, answer.Header("X-Message-Id")),
        429 => new DeliveryOutcome.Retry(answer.Status, Words(answer), Reset(answer, now) ?? answer.RetryAfter(now)),
        408 or >= 500 => new DeliveryOutcome.Retry(answer.Status, Words(answer), answer.RetryAfter(now)),
        >= 400 => new DeliveryOutcome.Reject(answer.Status, Words(answer)),
        _ => new DeliveryOutcome.Retry(answer.Status, $"Expected 202 from SendGrid, but the answer was {answer.Status} ({answer.MediaType ?? "no content"}). Redirects are not followed: check Host."),
    };

    public static string Explain(RemoteReply reply) => reply switch
    {
        RemoteReply.Answer answer => Words(answer),
        RemoteReply.None none => none.Failure.Fault!,
        _ => throw new InvalidOperationException($"No words for {reply.GetType().Name}."),
    };

    /// <summary>When the limit ends, in epoch seconds: SendGrid sends it more reliably than Retry-After.</summary>
    private static TimeSpan? Reset(RemoteReply.Answer answer, DateTimeOffset now) =>
        long.TryParse(answer.Header("X-RateLimit-Reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        && DateTimeOffset.FromUnixTimeSeconds(seconds) is var reset && reset > now
            ? reset - now
            : null;

    private static string Words(RemoteReply.Answer answer)
    {
        var words = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            foreach (var error in document.RootElement.GetProperty("errors").EnumerateArray())
            {
                var field = error.TryGetProperty("field", out var name) && name.ValueKind == JsonValueKind.String ? $" ({name.GetString()})" : "";
                words.Add(error.GetProperty("message").GetString() + field);
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not SendGrid's form: its text as it is.
            words = [answer.Body];
        }

        return RemoteText.Brief($"SendGrid answered {answer.Status}: {string.Join("; ", words)}");
    }
}
