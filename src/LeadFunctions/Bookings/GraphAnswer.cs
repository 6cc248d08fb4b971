using System.Text.Json;
using LeadFunctions.Remote;

namespace LeadFunctions.Bookings;

/// <summary>What Graph's answers mean (Microsoft Graph: "error responses and resource types", "throttling guidance").</summary>
internal static class GraphAnswer
{
    // Exchange, where businesses are mailboxes, says these for a business that isn't there or that the caller can't see.
    private static readonly string[] UnknownBusiness = ["ErrorNonExistentMailbox", "ErrorFolderNotFound", "ErrorInvalidUser", "MailboxNotEnabledForRESTAPI", "ErrorMailboxNotEnabledForRESTAPI"];

    /// <summary>Null when the answer is no fault: a 404 says that something isn't there, and the caller knows what.</summary>
    public static GraphFault? Fault(RemoteReply.Answer answer, DateTimeOffset now)
    {
        if (answer.Status is 200 or 404)
        {
            return null;
        }

        var (code, message) = Error(answer.Body);
        var words = RemoteText.Brief($"Graph answered {answer.Status}{(code.Length > 0 ? " " + code : "")}: {message}");
        return answer.Status switch
        {
            401 => new GraphFault(GraphFaultKind.Unauthorized, 401, words),
            400 or 403 when UnknownBusiness.Contains(code, StringComparer.OrdinalIgnoreCase) => new GraphFault(GraphFaultKind.UnknownBusiness, answer.Status, words),
            403 => new GraphFault(GraphFaultKind.Forbidden, 403, words),
            429 => new GraphFault(GraphFaultKind.Throttled, 429, words, answer.RetryAfter(now)),
            408 or >= 500 => new GraphFault(GraphFaultKind.Down, answer.Status, words, answer.RetryAfter(now)),
            _ => new GraphFault(GraphFaultKind.Unexpected, answer.Status, words),
        };
    }

    private static (string Code, string Message) Error(string body)
    {
        try
        {
            var error = JsonElement.Parse(body).GetProperty("error");
            return (error.GetProperty("code").GetString() ?? "", error.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not Graph's form: its text as it is.
            return ("", RemoteText.Brief(body));
        }
    }
}
