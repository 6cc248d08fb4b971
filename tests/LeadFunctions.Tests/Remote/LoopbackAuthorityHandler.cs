namespace LeadFunctions.Tests.Remote;

/// <summary>
/// Sends what is meant for https://login.microsoftonline.com to a <see cref="FakeEntra"/> instead, with the same path and query. Calls to
/// loopback pass; any other address throws, so that no test leaves the machine.
/// </summary>
internal sealed class LoopbackAuthorityHandler(Uri entra) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    public const string Authority = "login.microsoftonline.com";

    /// <summary>A client for <c>Azure.Core.Pipeline.HttpClientTransport</c>.</summary>
    public static HttpClient CreateClient(Uri entra) => new(new LoopbackAuthorityHandler(entra));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.Send(Turn(request), cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(Turn(request), cancellationToken);

    private HttpRequestMessage Turn(HttpRequestMessage request)
    {
        var to = request.RequestUri!;
        if (to is { Scheme: "https", Host: Authority })
        {
            request.RequestUri = new Uri(entra, to.PathAndQuery);
        }
        else if (!to.IsLoopback)
        {
            throw new InvalidOperationException($"A test called {to.GetLeftPart(UriPartial.Path)}, which stands for no loopback server.");
        }

        return request;
    }
}
