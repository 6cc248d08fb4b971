using System.Net;
using System.Text.Json;

namespace LeadFunctions.Commands;

/// <summary>
/// A running LeadFunctions, spoken to over HTTP. The key travels in a header, never in a URL, never in the clear beyond this machine,
/// and never to where a redirect points.
/// </summary>
internal sealed class RunningInstance : IDisposable
{
    /// <summary>No page of the API is as long; a server could send without end.</summary>
    private const int MostBytes = 256 * 1024 * 1024;

    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly string _keyAdvice;

    /// <param name="keyAdvice">Where a key is given, for when it is missing or wrong.</param>
    public RunningInstance(Uri url, string? key, string keyAdvice)
    {
        if (key is not null && url is { Scheme: "http", IsLoopback: false })
        {
            throw new CommandFailedException($"A key is not sent to {url.Authority} without encryption: use https:// in --url.", ExitCode.Usage);
        }

        (_url, _keyAdvice) = (url, keyAdvice);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = url,
            MaxResponseContentBufferSize = MostBytes,
        };
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Add("x-functions-key", key);
        }
    }

    public void Dispose() => _http.Dispose();

    public Task<JsonElement> GetAsync(string path, CancellationToken stop) => AskAsync(HttpMethod.Get, path, null, stop);

    /// <param name="body">JSON, or none.</param>
    public Task<JsonElement> PostAsync(string path, byte[]? body, CancellationToken stop) => AskAsync(HttpMethod.Post, path, body, stop);

    /// <summary>Null when there is no such thing.</summary>
    public async Task<JsonElement?> FindAsync(string path, CancellationToken stop)
    {
        try
        {
            return await GetAsync(path, stop);
        }
        catch (RefusalException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>An answer of any length. Throws <see cref="RefusalException"/> unless it is a 2xx.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, byte[]? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) };
        if (request.Content is not null)
        {
            request.Content.Headers.ContentType = new("application/json");
        }

        try
        {
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                throw RefusalException.Of(answer.StatusCode, await answer.Content.ReadAsStringAsync(stop), _url, _keyAdvice);
            }
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailedException($"No answer from {_url}: {exception.GetBaseException().Message}. Start it with LeadFunctions serve, or say with --url where it runs.");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CommandFailedException($"No answer from {_url} within {_http.Timeout.TotalSeconds:0} seconds.");
        }
    }

    private async Task<JsonElement> AskAsync(HttpMethod method, string path, byte[]? body, CancellationToken stop)
    {
        using var answer = await OpenAsync(method, path, body, stop);
        try
        {
            return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
        }
        catch (JsonException)
        {
            throw new CommandFailedException($"{_url} gave an answer that LeadFunctions does not give. Is --url right?");
        }
    }
}
