using System.Text.Json;
using LeadFunctions.Remote;

namespace LeadFunctions.Appointments.Graph;

/// <summary>Why Microsoft Graph gave no appointments.</summary>
internal enum GraphFaultKind
{
    /// <summary>No token: the sign-in itself failed.</summary>
    SignIn,

    /// <summary>Graph refused the token, and a new one too.</summary>
    Unauthorized,

    /// <summary>The permission is missing, or nobody consented to it.</summary>
    Forbidden,

    /// <summary>No such business, or none that this application may see.</summary>
    UnknownBusiness,

    Throttled,

    /// <summary>No answer, or one that says it is Graph's own trouble.</summary>
    Down,

    /// <summary>An answer that Graph isn't documented to give.</summary>
    Unexpected,
}

/// <param name="Reason">What happened, with Graph's own words.</param>
/// <param name="Wait">How long Graph asked to be left alone.</param>
internal sealed record GraphFault(GraphFaultKind Kind, int? HttpStatus, string Reason, TimeSpan? Wait = null);

/// <summary>Graph can't be read now.</summary>
internal sealed class GraphUnavailableException(GraphFault fault) : Exception(fault.Reason)
{
    public GraphFault Fault { get; } = fault;
}

/// <summary>What Graph's answers mean (Microsoft Graph: "error responses and resource types", "throttling guidance").</summary>
internal static class GraphResponse
{
    // Exchange, where businesses are mailboxes, says these for a business that isn't there or that the caller can't see.
    private static readonly string[] UnknownBusiness =
    [
        "ErrorNonExistentMailbox",
        "ErrorFolderNotFound",
        "ErrorInvalidUser",
        "MailboxNotEnabledForRESTAPI",
        "ErrorMailboxNotEnabledForRESTAPI",
    ];

    /// <summary>
    /// Null when the answer is no fault: a 404 in Graph's own words says that something isn't there, and the caller knows what. A 404 of
    /// something between must not read as "cancelled".
    /// </summary>
    public static GraphFault? Fault(RemoteReply.Response answer, DateTimeOffset now)
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

    /// <summary>What a 200 is that holds an error instead of what was asked for.</summary>
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
            // Not Graph's form: its text as it is.
            return ("", RemoteText.Brief(body));
        }
    }
}

/// <summary>What to do about a fault.</summary>
internal static class GraphAdvice
{
    public static string For(GraphFaultKind fault, string business) =>
        fault switch
        {
            GraphFaultKind.SignIn =>
                "Check Bookings:TenantId, ClientId and ClientSecret (a secret ends after at most two years: make a new one in the app "
                    + "registration), or with Bookings:Auth = ManagedIdentity that the app has an identity.",
            GraphFaultKind.Unauthorized =>
                "The token is not one for this Graph: check that Bookings:TenantId is the tenant of the business, and "
                    + "Bookings:GraphUrl its cloud.",
            GraphFaultKind.Forbidden =>
                "Give the app registration or the managed identity the application permission Bookings.Read.All (Microsoft Graph), and let "
                    + "an administrator grant consent for it. It can take some minutes to count.",
            GraphFaultKind.UnknownBusiness =>
                $"Set Bookings:Businesses to the address of the booking page's mailbox ({business} is not known); it stands in the page's "
                    + "URL, and in Bookings under Business information. It must be in the tenant that Bookings:TenantId names.",
            GraphFaultKind.Throttled =>
                "Microsoft Graph asks to be left alone for a while, which is respected. When it stays so, set a "
                    + "longer Bookings:PollInterval.",
            GraphFaultKind.Down =>
                "Nothing is lost: what happens meanwhile is found the next time. See the Microsoft 365 service health, and whether this "
                    + "machine may reach the host of Bookings:GraphUrl.",
            _ => "Check Bookings:GraphUrl; a proxy may have answered in Graph's place.",
        };
}
