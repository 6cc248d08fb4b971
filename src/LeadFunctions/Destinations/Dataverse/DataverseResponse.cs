using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>
/// What Dataverse's answers to a write mean (Web API: "Compose HTTP requests and handle errors", service protection limits). The status
/// alone doesn't decide: 412 is said of our own key, of another key that the row violates, and of a duplicate rule.
/// </summary>
internal static class DataverseResponse
{
    private const string KeyExists = "0x80040237";
    private const string DuplicateDetected = "0x80040333";

    /// <param name="isCreate">A POST with our key; else a PATCH, which creates the row or changes it.</param>
    public static DeliveryOutcome Classify(RemoteReply.Response response, bool isCreate, string rowId, DateTimeOffset now)
    {
        if (response.Status is 201 or 204 && IsItsOwn(response))
        {
            return new DeliveryOutcome.Delivered(response.Status, rowId);
        }

        var (code, message, isItsOwn) = Error(response);
        return response.Status switch
        {
            412 when isItsOwn => Conflict(response, isCreate, rowId, code, message),
            500 when Is(code, DuplicateDetected) => Duplicate(response, isCreate, code, message),
            401 => new DeliveryOutcome.Retry(
                response.Status,
                $"Dataverse refused the token, and a new one too: {message}",
                response.Wait(now)),
            408 or 412 or 429 or >= 500 => new DeliveryOutcome.Retry(response.Status, Words(response, code, message), response.Wait(now)),
            >= 400 when RemoteLimits.IsLimit(response, message) => new DeliveryOutcome.Retry(
                response.Status,
                Words(response, code, message),
                response.Wait(now)),
            >= 400 => new DeliveryOutcome.Reject(response.Status, Words(response, code, message)),
            _ => new DeliveryOutcome.Retry(response.Status, Strange(response)),
        };
    }

    private static DeliveryOutcome Conflict(RemoteReply.Response response, bool isCreate, string rowId, string code, string message) =>
        Is(code, DuplicateDetected) ? Duplicate(response, isCreate, code, message)
        : !Is(code, KeyExists) && code.Length > 0 ? new DeliveryOutcome.Reject(response.Status, Words(response, code, message))
        : isCreate ? new DeliveryOutcome.Delivered(response.Status, rowId, "The row was there already, from an earlier attempt.")
        // Somebody created the row between Dataverse's look and its write, and nothing was written.
        : new DeliveryOutcome.Retry(response.Status, Words(response, code, message));

    /// <summary>A lead that the CRM knows is done. A change is not: what it says is in no row.</summary>
    private static DeliveryOutcome Duplicate(RemoteReply.Response response, bool isCreate, string code, string message) =>
        isCreate
            ? new DeliveryOutcome.Delivered(
                response.Status,
                null,
                $"A duplicate detection rule of the environment found this lead in the CRM already: {message}")
            : new DeliveryOutcome.Reject(response.Status, Words(response, code, message));

    /// <summary>Every answer of the Web API says its OData version, and a write's names the row: a proxy's 204 has neither.</summary>
    private static bool IsItsOwn(RemoteReply.Response response) =>
        response.Header("OData-EntityId") is not null || response.Header("OData-Version") is not null;

    private static string Strange(RemoteReply.Response response) =>
        response.Status is 201 or 204
            ? $"The answer was {response.Status} without OData-EntityId, so it is not Dataverse's, and no row is known to be there. Check "
                + "Url, and what stands between."
            : $"Expected 204 from Dataverse, but the answer was {response.Status} ({response.MediaType ?? "no content"}). Redirects "
                + "are not followed: check Url.";

    private static bool Is(string code, string known) => code.Equals(known, StringComparison.OrdinalIgnoreCase);

    public static string Explain(RemoteReply reply)
    {
        if (reply is not RemoteReply.Response response)
        {
            return reply is RemoteReply.NoResponse none
                ? none.Message
                : throw new InvalidOperationException($"No words for {reply.GetType().Name}.");
        }

        var (code, message, _) = Error(response);
        return Words(response, code, message);
    }

    private static string Words(RemoteReply.Response response, string code, string message) =>
        RemoteText.Brief($"Dataverse answered {response.Status}{(code.Length > 0 ? " " + code : "")}: {message}");

    /// <returns>Also whether the answer has Dataverse's form, or says by its headers alone whose it is.</returns>
    private static (string Code, string Message, bool IsItsOwn) Error(RemoteReply.Response response)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Body);
            var error = document.RootElement.GetProperty("error");
            return (
                error.TryGetProperty("code", out var code) ? code.GetString() ?? "" : "",
                RemoteText.Brief(error.TryGetProperty("message", out var message) ? message.GetString() ?? "" : ""),
                IsItsOwn: true);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not Dataverse's form: its text as it is.
            return ("", RemoteText.Brief(response.Body), string.IsNullOrWhiteSpace(response.Body) && IsItsOwn(response));
        }
    }
}
