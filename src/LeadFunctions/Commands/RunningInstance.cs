using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Hosting;
using LeadFunctions.Runs;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Settings;
using LeadFunctions.Store;

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
            throw new CommandFailedException(
                $"A key is not sent to {url.Authority} without encryption: use https:// in --url.",
                ExitCode.Usage);
        }

        (_url, _keyAdvice) = (url, keyAdvice);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
            })
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

    /// <summary>Posts again for as long as the answer says where to go on, and adds up what the answers say.</summary>
    /// <param name="path">With its query, if it has one.</param>
    public async Task<IReadOnlyDictionary<string, long>> PostStepsAsync(string path, byte[]? body, CancellationToken stop)
    {
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        for (string? next = null; ;)
        {
            var sign = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var step = next is null ? path : $"{path}{sign}{ActionSteps.Next}={Uri.EscapeDataString(next)}";
            next = null;
            foreach (var part in (await PostAsync(step, body, stop)).EnumerateObject())
            {
                if (part.NameEquals(ActionSteps.Next))
                {
                    next = part.Value.GetString();
                }
                else
                {
                    totals[part.Name] = totals.GetValueOrDefault(part.Name) + part.Value.GetInt64();
                }
            }

            if (next is null)
            {
                return totals;
            }
        }
    }

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
                throw RefusalException.Read(answer.StatusCode, await answer.Content.ReadAsStringAsync(stop), _url, _keyAdvice);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            throw new CommandFailedException(
                $"No answer from {_url}: {exception.GetBaseException().Message}. Start it with LeadFunctions serve, or say "
                + "with --url where it runs.");
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

/// <summary>A running instance said no; the message says why, with every fault that it named.</summary>
internal sealed class RefusalException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public static RefusalException Read(HttpStatusCode status, string body, Uri url, string keyAdvice) => new(status, status switch
    {
        HttpStatusCode.Unauthorized => $"{url} wants a key, or another one (401). {keyAdvice}",
        _ => Words(body) ?? $"{url} answered {(int)status}, and not as LeadFunctions does. Is --url right?",
    });

    /// <summary>Null when it is no problem of ours.</summary>
    private static string? Words(string body)
    {
        try
        {
            var problem = JsonElement.Parse(body);
            var words = new StringBuilder($"{Text(problem, "title")}. {Text(problem, "detail")}");
            if (problem.TryGetProperty("errors", out var errors))
            {
                foreach (var error in errors.EnumerateArray())
                {
                    words.Append(Environment.NewLine).Append("  ").Append($"{Text(error, "path")} {Text(error, "message")}".TrimStart());
                }
            }

            return problem.TryGetProperty("refusedId", out _)
                ? $"{words}{Environment.NewLine}It is kept as the refused body {Text(problem, "refusedId")}."
                : words.ToString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonElement problem, string name) => PlainText.OneLine(problem.GetProperty(name).GetString() ?? "");
}

/// <summary>
/// Where the running instance is, and which key it wants. What isn't given is taken from the environment and from the configuration;
/// a configured key goes to this machine alone.
/// </summary>
internal sealed class InstanceOptions
{
    private const string KeyVariable = "LEADFUNCTIONS_KEY";
    private const string RunsAdvice = $"Give one of Runs:Keys with --key, or in the environment as {KeyVariable}. {LocalAdvice}";

    /// <summary>For a program without <c>Runs:Keys</c>.</summary>
    public const string LocalAdvice =
        $"Where none is set, the key is in the file {LocalKey.FileName} beside the store: run the command where the program was started, "
        + "or with the same Store:Path.";

    private readonly Option<string?> _url = new("--url")
    {
        Description = "Where LeadFunctions runs. Default: where the configuration says that it listens, http://localhost:7071",
        HelpName = "address",
    };
    private readonly Option<string?> _key = new("--key")
    {
        Description =
            $"One of Runs:Keys. Default: {KeyVariable} in the environment, else the first of the configuration, else that of this machine",
        HelpName = "key",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_key);
    }

    public RunningInstance Connect(ParseResult parsed) =>
        Connect(parsed.GetValue(_url), url => RunsKey(parsed.GetValue(_key), url), RunsAdvice);

    public static RunningInstance Connect(string? url, Func<Uri, string?> key, string keyAdvice)
    {
        var address = url is null ? Configured() : Parse(url);
        return new RunningInstance(address, key(address), keyAdvice);
    }

    public static string? RunsKey(string? given, Uri url) =>
        given ?? Environment.GetEnvironmentVariable(KeyVariable) ?? ConfiguredKey("Runs:Keys", url) ?? KeyOfThisMachine(url);

    public static string? ConfiguredKey(string setting, Uri url) =>
        url.IsLoopback && AccessKeys.Read(Settings(), setting) is [var first, ..] ? first.Value : null;

    private static string? KeyOfThisMachine(Uri url)
    {
        var settings = Settings();
        return url.IsLoopback ? LocalKey.Read(LocalKey.PathBeside(StoreOptions.ReadPath(settings, StartEnvironment.Read(settings)))) : null;
    }

    private static Uri Parse(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url is { UserInfo: "", Query: "" }
            ? new Uri(url.GetLeftPart(UriPartial.Authority))
            : throw new CommandFailedException(
                "--url is no address such as http://localhost:7071 or https://leads.contoso.com.",
                ExitCode.Usage);

    /// <summary>Listening on every address of the machine includes localhost.</summary>
    private static Uri Configured()
    {
        var url = StartEnvironment.Read(Settings()).Urls[0];
        var address = BindingAddress.Parse(url);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return Uri.TryCreate($"{address.Scheme}://{host}:{address.Port}", UriKind.Absolute, out var found)
            ? found
            : throw new CommandFailedException(
                $"The configured address {url} is none that can be asked. Say with --url where LeadFunctions runs.",
                ExitCode.Usage);
    }

    private static SettingsReader Settings()
    {
        var configuration = new ConfigurationManager();
        Configurations.Add(configuration, []);
        return new SettingsReader(configuration);
    }
}
