using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace LeadFunctions.Remote;

/// <summary>
/// Sends requests to remote systems: one connection pool, no redirects (a lead must not follow one to a stranger), no cookies, no
/// retry (that is the store's), and no more of an answer read than explains it.
/// </summary>
/// <param name="transport">What carries requests in place of connections; null: connections.</param>
internal sealed class RemoteClient(HttpMessageHandler? transport = null) : IDisposable
{
    /// <summary>In bytes: enough of an answer to explain it.</summary>
    public const int Explanation = 64 * 1024;

    private readonly Lock _making = new();

    // Each reach has connections of its own: one that was opened for a request which may go anywhere must not serve another.
    // Not HttpClient: a library's own client must be able to hand its requests on, and one request goes through one of those only.
    private readonly HttpMessageInvoker?[] _clients = new HttpMessageInvoker?[Enum.GetValues<Reach>().Length];

    /// <summary>
    /// The answer, or why there is none. Ends with <see cref="OperationCanceledException"/> only when <paramref name="stop"/> does.
    /// </summary>
    /// <param name="most">How many bytes of the answer are read.</param>
    public async Task<RemoteReply> SendAsync(
        HttpRequestMessage request,
        CancellationToken stop,
        Reach reach = Reach.Anywhere,
        int most = Explanation)
    {
        try
        {
            using var response = await Client(reach).SendAsync(request, stop);
            var (body, isCut) = await ReadBeginningAsync(response, most, stop);
            var type = response.Content.Headers.ContentType?.MediaType;
            return new RemoteReply.Response((int)response.StatusCode, response.Headers, type, body) { IsCut = isCut };
        }
        catch (Exception exception)
            when (stop.IsCancellationRequested && exception is HttpRequestException or IOException or SocketException)
        {
            // The stop cut the connection.
            throw new OperationCanceledException(exception.Message, exception, stop);
        }
        catch (HttpRequestException exception) when (exception.GetBaseException() is AddressRefusedException refused)
        {
            return new RemoteReply.NoResponse(TransportFault.AddressRefused, refused.Message);
        }
        catch (HttpRequestException exception)
        {
            return NoResponse(request.RequestUri!, exception);
        }
        catch (SocketException exception)
        {
            // .NET looks at whom it is connected to before it sends anything, and lets this one out when the other side has gone by then.
            return NotReached(request.RequestUri!, exception.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return NotReached(request.RequestUri!, "no connection within 10 seconds.");
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client?.Dispose();
        }
    }

    /// <summary>Made at the first delivery: nothing of it, not even its type, is on the way to the first answer.</summary>
    private HttpMessageInvoker Client(Reach reach)
    {
        lock (_making)
        {
            return _clients[(int)reach] ??= transport is null ? Make(reach) : new HttpMessageInvoker(transport, disposeHandler: false);
        }
    }

    private static HttpMessageInvoker Make(Reach reach)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(500),
            // Requests have spans where somebody listens, but strangers are told nothing of our traces.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        };
        if (reach != Reach.Anywhere)
        {
            // Through a proxy the address would be the proxy's.
            handler.UseProxy = false;
            handler.ConnectCallback = (context, stop) => GuardedConnection.ConnectAsync(reach, context.DnsEndPoint, stop);
        }

        return new HttpMessageInvoker(handler);
    }

    private static RemoteReply.NoResponse NoResponse(Uri uri, HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new(TransportFault.NotReached, $"{uri.Host} is not a known name (DNS)."),
        HttpRequestError.ConnectionError => NotReached(uri, Innermost(exception)),
        HttpRequestError.SecureConnectionError =>
            new(TransportFault.NotReached, $"No secure connection to {uri.Authority}: {Innermost(exception)}"),
        HttpRequestError.ProxyTunnelError =>
            new(TransportFault.NotReached, $"The proxy gave no way to {uri.Authority}: {Innermost(exception)}"),
        _ => new(
            TransportFault.ConnectionLost,
            $"The connection to {uri.Authority} ended without an answer; the request may have arrived. ({Innermost(exception)})"),
    };

    private static RemoteReply.NoResponse NotReached(Uri uri, string reason) =>
        new(TransportFault.NotReached, $"{uri.Authority} could not be reached: {reason}");

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;

    private static async Task<(string Text, bool IsCut)> ReadBeginningAsync(HttpResponseMessage response, int most, CancellationToken stop)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return ("", false);
        }

        // Rented: most answers are short, and each would leave the whole buffer for the collector.
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(most, Explanation));
        var (length, isCut) = (0, false);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(stop);
            while (true)
            {
                var room = Math.Min(buffer.Length, most) - length;
                var read = await stream.ReadAtLeastAsync(buffer.AsMemory(length, room), room, throwOnEndOfStream: false, stop);
                length += read;
                if (read < room || length == most)
                {
                    break;
                }

                var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(most, 2L * buffer.Length));
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The status has come and decides; its explanation was cut off.
            isCut = true;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        ArrayPool<byte>.Shared.Return(buffer);
        return (text, isCut || length == most);
    }
}
