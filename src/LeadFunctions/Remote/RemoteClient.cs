using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Remote;

/// <summary>
/// Sends requests to remote systems: one connection pool, no redirects (a lead must not follow one to a stranger), no cookies, no
/// retry (that is the store's), and no more of an answer read than explains it.
/// </summary>
internal sealed class RemoteClient : IDisposable
{
    private const int MostOfAnswer = 64 * 1024;

    // Made at the first delivery: nothing of it is on the way to the first answer.
    private readonly Lazy<HttpClient> _http = new(() => new HttpClient(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(500),
            // A trace of the request is the run history's business; headers hold keys.
            ActivityHeadersPropagator = null,
        })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    });

    /// <summary>The answer, or the outcome when there was none. Ends with <see cref="OperationCanceledException"/> only when <paramref name="stop"/> does.</summary>
    /// <param name="most">How many bytes of the answer are read.</param>
    public async Task<RemoteReply> SendAsync(HttpRequestMessage request, CancellationToken stop, int most = MostOfAnswer)
    {
        try
        {
            using var response = await _http.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return new RemoteReply.Answer((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, await ReadBeginningAsync(response, most, stop));
        }
        catch (HttpRequestException exception)
        {
            return new RemoteReply.None(NoAnswer(request.RequestUri!, exception));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new RemoteReply.None(new DeliveryOutcome.Retry(null, $"{request.RequestUri!.Authority} could not be reached: no connection within 10 seconds."));
        }
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private static DeliveryOutcome.Retry NoAnswer(Uri uri, HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new(null, $"{uri.Host} is not a known name (DNS)."),
        HttpRequestError.ConnectionError => new(null, $"{uri.Authority} could not be reached: {Innermost(exception)}"),
        HttpRequestError.SecureConnectionError => new(null, $"No secure connection to {uri.Authority}: {Innermost(exception)}"),
        HttpRequestError.ProxyTunnelError => new(null, $"The proxy gave no way to {uri.Authority}: {Innermost(exception)}"),
        _ => new(null, $"The connection to {uri.Authority} ended without an answer; the request may have arrived. ({Innermost(exception)})", Unanswered: true),
    };

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;

    private static async Task<string> ReadBeginningAsync(HttpResponseMessage response, int most, CancellationToken stop)
    {
        using var beginning = new MemoryStream();
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(stop);
            var buffer = new byte[Math.Min(most, MostOfAnswer)];
            while (beginning.Length < most && await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - beginning.Length)), stop) is > 0 and var length)
            {
                beginning.Write(buffer, 0, length);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The status has come and decides; its explanation was cut off.
        }

        return Encoding.UTF8.GetString(beginning.GetBuffer(), 0, (int)beginning.Length);
    }
}
