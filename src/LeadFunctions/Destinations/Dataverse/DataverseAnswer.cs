using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>What Dataverse's answers to a create mean (Web API: "Compose HTTP requests and handle errors", service protection limits).</summary>
internal static class DataverseAnswer
{
    private const string DuplicateDetected = "0x80040333";

    public static DeliveryOutcome Classify(RemoteReply.Answer answer, string rowId, DateTimeOffset now)
    {
        var (code, message) = Error(answer);
        return answer.Status switch
        {
            201 or 204 => new DeliveryOutcome.Delivered(answer.Status, rowId),
            412 => new DeliveryOutcome.Delivered(answer.Status, rowId, "The row was there already, from an earlier attempt."),
            500 when code == DuplicateDetected => new DeliveryOutcome.Delivered(answer.Status, null, $"A duplicate detection rule of the environment found this lead in the CRM already: {message}"),
            401 => new DeliveryOutcome.Retry(answer.Status, $"Dataverse refused the token, and a new one too: {message}"),
            408 or 429 or >= 500 => new DeliveryOutcome.Retry(answer.Status, Words(answer, code, message), answer.RetryAfter(now)),
            >= 400 => new DeliveryOutcome.Reject(answer.Status, Words(answer, code, message)),
            _ => new DeliveryOutcome.Retry(answer.Status, $"Expected 204 from Dataverse, but the answer was {answer.Status} ({answer.MediaType ?? "no content"}). Redirects are not followed: check Url."),
        };
    }

    public static string Explain(RemoteReply reply)
    {
        if (reply is not RemoteReply.Answer answer)
        {
            return reply is RemoteReply.None none ? none.Failure.Fault! : throw new InvalidOperationException($"No words for {reply.GetType().Name}.");
        }

        var (code, message) = Error(answer);
        return Words(answer, code, message);
    }

    private static string Words(RemoteReply.Answer answer, string code, string message) =>
        RemoteText.Brief($"Dataverse answered {answer.Status}{(code.Length > 0 ? " " + code : "")}: {message}");

    private static (string Code, string Message) Error(RemoteReply.Answer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var error = document.RootElement.GetProperty("error");
            return (
                error.TryGetProperty("code", out var code) ? code.GetString() ?? "" : "",
                RemoteText.Brief(error.GetProperty("message").GetString() ?? ""));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not Dataverse's form: its text as it is.
            return ("", RemoteText.Brief(answer.Body));
        }
    }
}
