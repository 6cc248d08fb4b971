using System.Text.Json;
using LeadFunctions.Remote;

namespace LeadFunctions.Appointments.Graph;

/// <summary>What Graph's answers mean (Microsoft Graph: "error responses and resource types", "throttling guidance").</summary>
internal static class GraphResponse
{
    // A business is a mailbox in Exchange, which gives these codes when it doesn't exist or the caller may not see it.
    private static readonly string[] UnknownBusiness =
    [
        "ErrorNonExistentMailbox",
        "ErrorFolderNotFound",
        "ErrorInvalidUser",
        "MailboxNotEnabledForRESTAPI",
        "ErrorMailboxNotEnabledForRESTAPI",
    ];

    /// <summary>
    /// The fault that an answer is; null when it is none. A 404 with an error code of Graph's is no fault: what was asked for isn't there.
    /// A 404 without one may come from a proxy, and must not be taken for a cancellation.
    /// </summary>
    public static GraphFault? Fault(RemoteReply.Response response, DateTimeOffset now)
    {
        if (response.Status == 200)
        {
            // The caller parses the body: it may be large, and is parsed only once.
            return null;
        }

        var (code, message) = Error(response.Body);
        var words = Words(response, code, message);
        return response.Status switch
        {
            404 when code.Length > 0 && !IsUnknownBusiness(code) && code != "BadRequest" => null,
            401 => new GraphFault(GraphFaultKind.Unauthorized, 401, words),
            400 or 403 or 404 when IsUnknownBusiness(code) => new GraphFault(GraphFaultKind.UnknownBusiness, response.Status, words),
            429 => new GraphFault(GraphFaultKind.Throttled, 429, words, response.Wait(now)),
            403 when RemoteLimits.IsLimit(response, $"{code} {message}") => new GraphFault(
                GraphFaultKind.Throttled,
                403,
                words,
                response.Wait(now)),
            403 => new GraphFault(GraphFaultKind.Forbidden, 403, words),
            408 or >= 500 => new GraphFault(GraphFaultKind.Down, response.Status, words, response.Wait(now)),
            _ => new GraphFault(GraphFaultKind.Unexpected, response.Status, words),
        };
    }

    /// <summary>The fault that a 200 is when its body holds an error instead of what was asked for.</summary>
    public static GraphFault InBody(RemoteReply.Response response)
    {
        var (code, message) = Error(response.Body);
        return new GraphFault(GraphFaultKind.Unexpected, response.Status, Words(response, code, message));
    }

    private static string Words(RemoteReply.Response response, string code, string message) =>
        RemoteText.Brief($"Graph answered {response.Status}{(code.Length > 0 ? " " + code : "")}: {message}");

    private static bool IsUnknownBusiness(string code) => UnknownBusiness.Contains(code, StringComparer.OrdinalIgnoreCase);

    private static (string Code, string Message) Error(string body)
    {
        try
        {
            var error = JsonElement.Parse(body).GetProperty("error");
            return (
                error.GetProperty("code").GetString() ?? "",
                error.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The body is not in Graph's form for errors: its text is quoted as it is.
            return ("", RemoteText.Brief(body));
        }
    }
}
