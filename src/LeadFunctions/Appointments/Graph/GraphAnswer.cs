using System.Text.Json;
using LeadFunctions.Remote;

namespace LeadFunctions.Appointments.Graph;

/// <summary>What Graph's answers mean (Microsoft Graph: "error responses and resource types", "throttling guidance").</summary>
internal static class GraphAnswer
{
    // Exchange, where businesses are mailboxes, says these for a business that isn't there or that the caller can't see.
    private static readonly string[] UnknownBusiness = ["ErrorNonExistentMailbox", "ErrorFolderNotFound", "ErrorInvalidUser", "MailboxNotEnabledForRESTAPI", "ErrorMailboxNotEnabledForRESTAPI"];

    /// <summary>
    /// Null when the answer is no fault: a 404 in Graph's own words says that something isn't there, and the caller knows what. A 404 of
    /// something between must not read as "cancelled".
    /// </summary>
    public static GraphFault? Fault(RemoteReply.Answer answer, DateTimeOffset now)
    {
        if (answer.Status == 200)
        {
            // Read once, by who wants it: it may be a page of a whole calendar.
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
            403 when RemoteLimits.IsLimit(answer, $"{code} {message}") => new GraphFault(GraphFaultKind.Throttled, 403, words, answer.Wait(now)),
            403 => new GraphFault(GraphFaultKind.Forbidden, 403, words),
            408 or >= 500 => new GraphFault(GraphFaultKind.Down, answer.Status, words, answer.Wait(now)),
            _ => new GraphFault(GraphFaultKind.Unexpected, answer.Status, words),
        };
    }

    /// <summary>What a 200 is that holds an error instead of what was asked for.</summary>
    public static GraphFault InBody(RemoteReply.Answer answer)
    {
        var (code, message) = Error(answer.Body);
        return new GraphFault(GraphFaultKind.Unexpected, answer.Status, Words(answer, code, message));
    }

    private static string Words(RemoteReply.Answer answer, string code, string message) =>
        RemoteText.Brief($"Graph answered {answer.Status}{(code.Length > 0 ? " " + code : "")}: {message}");

    private static bool IsUnknownBusiness(string code) => UnknownBusiness.Contains(code, StringComparer.OrdinalIgnoreCase);

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
