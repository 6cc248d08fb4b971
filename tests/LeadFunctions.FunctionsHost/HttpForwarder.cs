using System.Text;
using LeadFunctions.FunctionsHost.Messages;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.FunctionsHost;

/// <summary>
/// Takes a request to its function, as the host does: the function by route and method, else 404; its key by header, then by <c>?code=</c>, else 401; the request
/// itself to the worker's own server, under an invocation that the stream announces.
/// </summary>
internal sealed class HttpForwarder(WorkerChannel worker)
{
    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });

    // Of a connection and not of a request (RFC 9110, 7.6.1), or said by the host alone.
    private static readonly HashSet<string> NotPassedOn = new(
        ["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "x-ms-invocation-id"],
        StringComparer.OrdinalIgnoreCase);

    public async Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        if (worker.Functions.FirstOrDefault(known => known.IsHttp && known.Takes(request.Method, request.Path)) is not { } function)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!function.Text("authLevel")!.Equals("anonymous", StringComparison.OrdinalIgnoreCase) && Key(request) != PlayedHost.FunctionKey)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var message = new HttpRequestMessage(new HttpMethod(request.Method), Address(Encode(request.Path) + request.QueryString));
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            message.Content = new StreamContent(request.Body);
        }

        foreach (var (name, values) in request.Headers.Where(header => !NotPassedOn.Contains(header.Key)))
        {
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        message.Headers.TryAddWithoutValidation("X-Forwarded-For", context.Connection.RemoteIpAddress!.ToString());
        message.Headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.Value);
        message.Headers.TryAddWithoutValidation("X-Forwarded-Proto", request.Scheme);
        await ForwardAsync(context, function, message);
    }

    public async Task<HttpResponseMessage> InvokeAsync(PlayedFunction function, HttpMethod method, string target, string? body)
    {
        using var message = new HttpRequestMessage(method, Address(target)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        var outcome = Announce(function, message);
        var response = await SendAsync(message, CancellationToken.None);
        await response.Content.LoadIntoBufferAsync();
        // Where the worker's own routes don't know the path, the function would wait for its request.
        worker.Cancel(message.Headers.GetValues("x-ms-invocation-id").Single());
        await outcome;
        return response;
    }

    private async Task ForwardAsync(HttpContext context, PlayedFunction function, HttpRequestMessage message)
    {
        var outcome = Announce(function, message);
        try
        {
            using var response = await SendAsync(message, context.RequestAborted);
            await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
            var chunk = new byte[16 * 1024];
            var length = await body.ReadAsync(chunk, context.RequestAborted);
            // The worker answers a function that has thrown with 200 and nothing. That it has failed is known from the stream alone.
            if (length == 0 && (await outcome).Status != StatusResult.Types.Status.Success)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            }

            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).Where(header => !NotPassedOn.Contains(header.Key)))
            {
                context.Response.Headers.Append(name, values.ToArray());
            }

            for (; length > 0; length = await body.ReadAsync(chunk, context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(chunk.AsMemory(0, length), context.RequestAborted);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // The worker is gone.
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            worker.Cancel(message.Headers.GetValues("x-ms-invocation-id").Single());
            context.Abort();
        }
    }

    /// <summary>A worker says that it is ready before its server listens: as the host does, this tries again for a moment.</summary>
    private static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Client.SendAsync(message, stop);
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError && attempt < 10)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(attempt * 40), stop);
            }
        }
    }

    private Task<StatusResult> Announce(PlayedFunction function, HttpRequestMessage message)
    {
        var id = Guid.NewGuid().ToString();
        message.Headers.TryAddWithoutValidation("x-ms-invocation-id", id);
        return worker.InvokeAsync(function, id, new TypedData { Http = new RpcHttp() });
    }

    /// <summary>Neither dots nor escapes of the target are changed on the way.</summary>
    private Uri Address(string target) =>
        new(worker.HttpUri!.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    // A header counts before the address.
    private static string? Key(HttpRequest request) => request.Headers["x-functions-key"] is [{ } header] ? header : request.Query["code"];

    /// <summary>As the host's forwarder does it: whatever is no letter of a path is escaped, the percent sign too.</summary>
    private static string Encode(PathString path)
    {
        const string Plain = "-._~/!$&'()*+,;=:@";
        var text = new StringBuilder();
        foreach (var unit in Encoding.UTF8.GetBytes(path.Value ?? ""))
        {
            _ = char.IsAsciiLetterOrDigit((char)unit) || Plain.Contains((char)unit, StringComparison.Ordinal) ? text.Append((char)unit) : text.Append('%').Append(unit.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
