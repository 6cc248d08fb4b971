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
    public static GraphFault? Fault(RemoteReply.Response answer, DateTimeOffset now)
    {
        if (answer.Status == 200)
        {
            // The caller parses the body: it may be large, and is parsed only once.
            return null;
        }

        var (code, message) = Error(answer.Body);
        var words = Words(answer, code, message);
        return answer.Status switch
        {
            404 when code.Length > 0 && !IsUnknownBusiness(code) && code != "BadRequest" => null,
            401 => new GraphFault(GraphFaultKind.Unauthorized, 401, words),
            400 or 403 or 404 when IsUnknownBusiness(code) => new GraphFault(GraphFaultKind.UnknownBusiness, answer.Status, words),
            429 => new GraphFault(GraphFaultKind.Throttled, 429, words, answer.Wait(now)),
            403 when RemoteLimits.IsLimit(answer, $"{code} {message}") => new GraphFault(
                GraphFaultKind.Throttled,
                403,
                words,
                answer.Wait(now)),
            403 => new GraphFault(GraphFaultKind.Forbidden, 403, words),
            408 or >= 500 => new GraphFault(GraphFaultKind.Down, answer.Status, words, answer.Wait(now)),
            _ => new GraphFault(GraphFaultKind.Unexpected, answer.Status, words),
        };
    }

    /// <summary>The fault that a 200 is when its body holds an error instead of what was asked for.</summary>
    public static GraphFault InBody(RemoteReply.Response answer)
    {
        var (code, message) = Error(answer.Body);
        return new GraphFault(GraphFaultKind.Unexpected, answer.Status, Words(answer, code, message));
    }

    private static string Words(RemoteReply.Response answer, string code, string message) =>
        RemoteText.Brief($"Graph answered {answer.Status}{(code.Length > 0 ? " " + code : "")}: {message}");

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
