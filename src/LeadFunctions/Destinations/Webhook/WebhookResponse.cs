using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>What an answer means (RFC 9110, and the status codes of Standard Webhooks).</summary>
internal static class WebhookResponse
{
    public static DeliveryOutcome Classify(RemoteReply.Response answer, WebhookOptions options, DateTimeOffset now)
    {
        var words = Words(answer, options);
        if (options.Success.Contains(answer.Status))
        {
            return Doubt(answer, options, words, now) ?? Accepted(answer, options);
        }

        return answer.Status switch
        {
            // As with a token that can't be got: it may be repaired without a resubmit.
            401 when options.Auth.Kind == AuthKind.OAuth => new DeliveryOutcome.Retry(
                answer.Status,
                $"The token was refused, and a new one too. {words}",
                answer.Wait(now)),
            401 when options.HasKey => new DeliveryOutcome.Retry(answer.Status, words, answer.Wait(now)),
            var status when options.Retry.Contains(status) || RemoteLimits.IsLimit(answer, answer.Body) => new DeliveryOutcome.Retry(
                status,
                words,
                answer.Wait(now)),
            >= 300 and < 400 => new DeliveryOutcome.Retry(answer.Status, $"{words} Redirects are not followed: check Url."),
            _ => new DeliveryOutcome.Reject(answer.Status, words),
        };
    }

    /// <summary>
    /// What a 2xx is that isn't one by its body; null: it has arrived. Other statuses were named by the publisher, who knows their bodies.
    /// </summary>
    private static DeliveryOutcome? Doubt(RemoteReply.Response answer, WebhookOptions options, string words, DateTimeOffset now) =>
        options.StatusDecides || answer.Status is < 200 or > 299 ? null
        : options.SendsJson && options.Keep.IsNothing && RemoteText.IsPage(answer.Body)
            ? new DeliveryOutcome.Retry(
                answer.Status,
                $"{words} That is a page for people, not an answer to JSON: check Url, and what stands between.")
        : !ResponseBody.SaysFailed(answer.Body) ? null
        : RemoteLimits.IsLimit(answer with { Status = 429 }, answer.Body)
            ? new DeliveryOutcome.Retry(answer.Status, words, answer.Wait(now))
        : new DeliveryOutcome.Reject(
            answer.Status,
            $"{words} The answer says that it was not done; where that is not what it says, set StatusDecides.");

    private static DeliveryOutcome Accepted(RemoteReply.Response answer, WebhookOptions options)
    {
        if (options.Keep.IsNothing)
        {
            return new DeliveryOutcome.Delivered(answer.Status);
        }

        // Sent again it might be done twice, and what waits for the answer would miss a part: a person has to look.
        var (json, fault) = options.Keep.Of(answer.Body);
        return json is null
            ? new DeliveryOutcome.Reject(
                answer.Status,
                $"{options.Url.Origin.Authority} answered {answer.Status}, so it was done there, but the answer {fault}.")
            : new DeliveryOutcome.Delivered(answer.Status, IdIn(json), Answer: json);
    }

    private static string? IdIn(string json) =>
        JsonNode.Parse(json)?["id"] is JsonValue id && id.ToString() is { Length: > 0 and <= 100 } text ? text : null;

    // What a remote system says may repeat what it was sent; keys go before it is cut, or half of one could stay.
    private static string Words(RemoteReply.Response answer, WebhookOptions options) =>
        RemoteText.Brief(
            $"{options.Url.Origin.Authority} answered {answer.Status}"
                + (answer.Body.Length > 0 ? ": " + options.Secrets.Hide(RemoteText.WithoutMarkup(Readable(answer.Body))) : "."));

    private static string Readable(string body)
    {
        try
        {
            return JsonNode.Parse(body) is { } json ? RequestText.Json(json) : body;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // No JSON, or some that can't be written again (half a surrogate pair, a name given twice): as it came.
            return body;
        }
    }
}
