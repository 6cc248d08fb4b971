using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>What an answer means (RFC 9110, and the status codes of Standard Webhooks).</summary>
internal static class WebhookResponse
{
    public static DeliveryOutcome Classify(RemoteReply.Response response, WebhookOptions options, DateTimeOffset now)
    {
        var words = Words(response, options);
        if (options.Success.Contains(response.Status))
        {
            return Doubt(response, options, words, now) ?? Accepted(response, options);
        }

        return response.Status switch
        {
            // As with a token that can't be got: it may be repaired without a resubmit.
            401 when options.Auth.Kind == AuthKind.OAuth => new DeliveryOutcome.Retry(
                response.Status,
                $"The token was refused, and a new one too. {words}",
                response.Wait(now)),
            401 when options.HasKey => new DeliveryOutcome.Retry(response.Status, words, response.Wait(now)),
            var status when options.Retry.Contains(status) || RemoteLimits.IsLimit(response, response.Body) => new DeliveryOutcome.Retry(
                status,
                words,
                response.Wait(now)),
            >= 300 and < 400 => new DeliveryOutcome.Retry(response.Status, $"{words} Redirects are not followed: check Url."),
            _ => new DeliveryOutcome.Reject(response.Status, words),
        };
    }

    /// <summary>
    /// What a 2xx is that isn't one by its body; null: it has arrived. Other statuses were named by the publisher, who knows their bodies.
    /// </summary>
    private static DeliveryOutcome? Doubt(RemoteReply.Response response, WebhookOptions options, string words, DateTimeOffset now) =>
        options.StatusDecides || response.Status is < 200 or > 299 ? null
        : options.SendsJson && options.Keep.IsNothing && RemoteText.IsPage(response.Body)
            ? new DeliveryOutcome.Retry(
                response.Status,
                $"{words} That is a page for people, not an answer to JSON: check Url, and what stands between.")
        : !ResponseBody.SaysFailed(response.Body) ? null
        : RemoteLimits.IsLimit(response with { Status = 429 }, response.Body)
            ? new DeliveryOutcome.Retry(response.Status, words, response.Wait(now))
        : new DeliveryOutcome.Reject(
            response.Status,
            $"{words} The answer says that it was not done; where that is not what it says, set StatusDecides.");

    private static DeliveryOutcome Accepted(RemoteReply.Response response, WebhookOptions options)
    {
        if (options.Keep.IsNothing)
        {
            return new DeliveryOutcome.Delivered(response.Status);
        }

        // Sent again it might be done twice, and what waits for the answer would miss a part: a person has to look.
        var (json, fault) = options.Keep.Of(response);
        return json is null
            ? new DeliveryOutcome.Reject(
                response.Status,
                $"{options.Url.Origin.Authority} answered {response.Status}, so it was done there, but the answer {fault}.")
            : new DeliveryOutcome.Delivered(response.Status, IdIn(json), Answer: json);
    }

    // Not a JsonNode: a name that is given twice is a fault to it, and by now it was done there.
    private static string? IdIn(string json) =>
        JsonElement.Parse(json).TryGetProperty("id", out var id)
            && id.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && ValueText.Of(id) is { Length: > 0 and <= 100 } text
                ? text
                : null;

    // What a remote system says may repeat what it was sent; keys go before it is cut, or half of one could stay.
    private static string Words(RemoteReply.Response response, WebhookOptions options) =>
        RemoteText.Brief(
            $"{options.Url.Origin.Authority} answered {response.Status}"
                + (response.Body.Length > 0 ? ": " + RemoteText.WithoutMarkup(Readable(response.Body), options.Secrets.Hide) : "."));

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
