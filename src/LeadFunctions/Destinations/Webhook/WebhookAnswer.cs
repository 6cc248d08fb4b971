using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>What an answer means (RFC 9110, and the status codes of Standard Webhooks).</summary>
internal static class WebhookAnswer
{
    public static DeliveryOutcome Classify(RemoteReply.Answer answer, WebhookOptions options, DateTimeOffset now)
    {
        if (options.Success.Contains(answer.Status))
        {
            return Accepted(answer, options);
        }

        var words = Words(answer, options);
        return answer.Status switch
        {
            // As with a token that can't be got: it may be mended without anything to resubmit.
            401 when options.Auth.Kind == AuthKind.OAuth => new DeliveryOutcome.Retry(answer.Status, $"The token was refused, and a new one too. {words}"),
            var status when options.Retry.Contains(status) => new DeliveryOutcome.Retry(status, words, answer.RetryAfter(now)),
            >= 300 and < 400 => new DeliveryOutcome.Retry(answer.Status, $"{words} Redirects are not followed: check Url."),
            _ => new DeliveryOutcome.Reject(answer.Status, words),
        };
    }

    private static DeliveryOutcome Accepted(RemoteReply.Answer answer, WebhookOptions options)
    {
        if (options.Keep.IsNothing)
        {
            return new DeliveryOutcome.Delivered(answer.Status);
        }

        // Sent again it might be done twice, and what waits for the answer would miss a part: a person has to look.
        var (json, fault) = options.Keep.Of(answer.Body);
        return json is null
            ? new DeliveryOutcome.Reject(answer.Status, $"{options.Url.Origin.Authority} answered {answer.Status}, so it was done there, but the answer {fault}.")
            : new DeliveryOutcome.Delivered(answer.Status, IdIn(json), Answer: json);
    }

    private static string? IdIn(string json) =>
        JsonNode.Parse(json)?["id"] is JsonValue id && id.ToString() is { Length: > 0 and <= 100 } text ? text : null;

    // What a remote system says may repeat what it was sent; keys go before it is cut, or half of one could stay.
    private static string Words(RemoteReply.Answer answer, WebhookOptions options) =>
        RemoteText.Brief($"{options.Url.Origin.Authority} answered {answer.Status}{(answer.Body.Length > 0 ? ": " + options.Secrets.Hide(Readable(answer.Body)) : ".")}");

    private static string Readable(string body)
    {
        try
        {
            return JsonNode.Parse(body) is { } json ? RequestText.Readably(json) : body;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // No JSON, or some that can't be written again (half a surrogate pair, a name given twice): as it came.
            return body;
        }
    }
}
