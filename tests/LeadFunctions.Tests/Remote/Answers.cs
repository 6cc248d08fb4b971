using LeadFunctions.Remote;

namespace LeadFunctions.Tests.Remote;

/// <summary>Answers of remote systems, without the system.</summary>
internal static class Answers
{
    public static RemoteReply.Response Of(int status, string body = "", string? mediaType = "application/json", params IEnumerable<(string Name, string Value)> headers)
    {
        using var message = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return new RemoteReply.Response(status, message.Headers, mediaType, body);
    }
}
