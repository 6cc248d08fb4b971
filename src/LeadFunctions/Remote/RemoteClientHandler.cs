using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace LeadFunctions.Remote;

/// <summary>
/// Lets a library that wants an <see cref="HttpClient"/> of its own send through ours: the same guard of addresses, no redirects, no retry,
/// and no more of an answer read than explains it. Where there is no answer it throws <see cref="NoResponseException"/>.
/// </summary>
internal sealed class RemoteClientHandler(RemoteClient remote) : HttpMessageHandler
{
    public static HttpClient CreateClient(RemoteClient remote) =>
        new(new RemoteClientHandler(remote)) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await remote.SendAsync(request, cancellationToken) switch
        {
            RemoteReply.Response answer => Response(answer, request),
            RemoteReply.NoResponse none => throw new NoResponseException(none),
            var other => throw new InvalidOperationException($"No response for {other.GetType().Name}."),
        };

    private static HttpResponseMessage Response(RemoteReply.Response answer, HttpRequestMessage request)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(answer.Body)),
            RequestMessage = request,
        };
        response.Content.Headers.ContentType = answer.MediaType is null ? null : new MediaTypeHeaderValue(answer.MediaType);
        foreach (var (name, values) in answer.Headers.NonValidated)
        {
            response.Headers.TryAddWithoutValidation(name, values);
        }

        return response;
    }
}

/// <summary>Passes through a library what became of a request that nobody answered.</summary>
internal sealed class NoResponseException(RemoteReply.NoResponse reply) : Exception(reply.Message)
{
    public RemoteReply.NoResponse Reply { get; } = reply;
}
