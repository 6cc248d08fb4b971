using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LeadFunctions.Destinations;

namespace LeadFunctions.Commands;

/// <summary>
/// <c>check --url</c>: posts a marked test lead to the public address, as Microsoft would, and follows it: name, connection, certificate,
/// host, key, delivery. What fails first is said; what comes after it is not asked.
/// </summary>
internal sealed class PublicCheck : IDisposable
{
    private const string Of = "address";
    private const string LeadsPath = "/api/leads";

    /// <summary>Whoever answers there, he can't fill the memory.</summary>
    private const int MostBytes = 1024 * 1024;

    private static readonly TimeSpan CertificateShouldLast = TimeSpan.FromDays(14);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly string? _key;
    private readonly string? _runsKey;
    private readonly TimeSpan _most;
    private DateTimeOffset? _certificateEnds;

    /// <param name="url">The address alone, or the whole URL as it is pasted into the offer, with its <c>?code=</c>.</param>
    public PublicCheck(string url, string? key, string? runsKey, TimeSpan most)
    {
        if (!Uri.TryCreate(url.Contains("://", StringComparison.Ordinal) ? url : $"https://{url}", UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0)
        {
            throw new CommandFailedException(
                "--url is no address such as https://leads.contoso.com or the URL that is pasted into the offer.",
                ExitCode.Usage);
        }

        _key = key ?? QueryKey(address.Query);
        _address = new Uri(address, address.AbsolutePath == "/" ? LeadsPath : address.AbsolutePath);
        (_runsKey, _most) = (InstanceOptions.RunsKey(runsKey, _address), most);
        if (address is { Scheme: "http", IsLoopback: false })
        {
            throw new CommandFailedException(
                $"A key is not sent to {address.Authority} without encryption, and the marketplace posts to https "
                + "alone: use https:// in --url.",
                ExitCode.Usage);
        }

        // As the marketplace: no redirect is followed.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = NoteCertificate },
        })
        {
            Timeout = TimeSpan.FromSeconds(30),
            MaxResponseContentBufferSize = MostBytes,
        };
    }

    public async Task<IReadOnlyList<(string Of, CheckResult Result)>> RunAsync(CancellationToken stop)
    {
        var results = new List<(string Of, CheckResult Result)>();
        try
        {
            if (await AnswersAsync(results, stop) && await AsksForKeyAsync(results, stop) && await PostAsync(results, stop) is { } lead)
            {
                await FollowAsync(results, lead, stop);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            results.Add((Of, Unreachable(exception)));
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            results.Add(
                (
                    Of,
                    new CheckResult(
                        $"{_address.Authority} answers in time",
                        false,
                        "No answer within 30 seconds. Look at what stands before the program (proxy, firewall) and at the program's log."))
            );
        }

        return results;
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> AnswersAsync(List<(string, CheckResult)> results, CancellationToken stop)
    {
        using var answer = await _http.GetAsync(new Uri(_address, "/api/health/live"), stop);
        if (_certificateEnds is { } ends)
        {
            var lasts = ends - TimeProvider.System.GetUtcNow();
            results.Add((Of, new CheckResult(
                string.Create(CultureInfo.InvariantCulture, $"certificate, until {ends.UtcDateTime:yyyy-MM-dd}"),
                lasts > CertificateShouldLast,
                lasts > CertificateShouldLast ? null : "It ends soon: renew it, or see why it was not renewed by itself.")));
        }

        var text = await answer.Content.ReadAsStringAsync(stop);
        var isOurs = (int)answer.StatusCode == 200 && text.Contains("\"live\"", StringComparison.Ordinal);
        results.Add(
            (
                Of,
                new CheckResult(
                    $"LeadFunctions answers at {_address.Authority}",
                    isOurs,
                    isOurs ? null
                        : answer.Headers.Location is { } elsewhere
                            ? $"It sends callers on to {(elsewhere.IsAbsoluteUri ? elsewhere.Authority : "another path")} "
                                + $"({(int)answer.StatusCode}). The marketplace does not follow: give it the address "
                                + "where the answer comes from."
                        : $"GET /api/health/live got {(int)answer.StatusCode}, and not from LeadFunctions. Look at the name, the port and "
                            + "what stands before the program.")));
        return isOurs;
    }

    /// <summary>Only where a key is given: without any the program serves its own machine.</summary>
    private async Task<bool> AsksForKeyAsync(List<(string, CheckResult)> results, CancellationToken stop)
    {
        if (_key is null)
        {
            return true;
        }

        using var answer = await PostAsync(_address, "{}"u8.ToArray(), stop);
        results.Add(
            (
                Of,
                (int)answer.StatusCode == 401
                    ? new CheckResult("a post without the key is turned away", true)
                    : new CheckResult(
                        "a post without the key is turned away",
                        false,
                        $"It got {(int)answer.StatusCode}: everybody may post leads. Set Intake:Keys; behind the Functions host see that "
                        + "the function asks for its key.")));
        return true;
    }

    private async Task<Guid?> PostAsync(List<(string, CheckResult)> results, CancellationToken stop)
    {
        var url = _key is null ? _address : new Uri(_address, $"{_address.AbsolutePath}?code={Uri.EscapeDataString(_key)}");
        var began = Stopwatch.GetTimestamp();
        using var answer = await PostAsync(url, SampleLead.New(test: true, TimeProvider.System.GetUtcNow()), stop);
        var text = await answer.Content.ReadAsStringAsync(stop);
        var took = Stopwatch.GetElapsedTime(began);
        if ((int)answer.StatusCode == 202 && LeadIn(text) is { } lead)
        {
            results.Add(
                (
                    Of,
                    new CheckResult(
                        string.Create(CultureInfo.InvariantCulture, $"test lead {lead} accepted in {took.TotalMilliseconds:0} ms"),
                        true)));
            return lead;
        }

        results.Add(
            (
                Of,
                new CheckResult(
                    "test lead accepted",
                    false,
                    (int)answer.StatusCode switch
                    {
                        401 or 403 =>
                            "The key is missing or wrong (401). Give the URL with its ?code=, or one of Intake:Keys (of a function app: "
                            + "the function's key) with --key.",
                        429 => "More posts a second than Intake:RateLimit allows. Try again.",
                        503 => "The store is away: the program's log has the reason.",
                        var status => $"It got {status}. {RefusalException.Read(answer.StatusCode, text, _address, "").Message}",
                    })));
        return null;
    }

    private async Task FollowAsync(List<(string, CheckResult)> results, Guid lead, CancellationToken stop)
    {
        using var runs = new RunningInstance(new Uri(_address.GetLeftPart(UriPartial.Authority)), _runsKey, "");
        var waited = Stopwatch.StartNew();
        try
        {
            for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
            {
                var deliveries = (await runs.GetAsync($"/api/runs/{lead}", stop)).GetProperty("deliveries").EnumerateArray().ToList();
                if (waited.Elapsed > _most || !deliveries.Exists(IsUnderWay))
                {
                    results.AddRange(
                        deliveries.Select(delivery => (delivery.GetProperty("destination").GetString()!, Delivered(delivery))));
                    if (deliveries.Count == 0)
                    {
                        results.Add(
                            (
                                Of,
                                new CheckResult(
                                    "a destination takes it",
                                    false,
                                    "No destination takes a test lead: see Sources, Events and When of each (LeadFunctions config).")));
                    }

                    return;
                }

                await Task.Delay(pause, stop);
            }
        }
        catch (RefusalException)
        {
            results.Add(
                (
                    Of,
                    new CheckResult(
                        "followed to its destinations",
                        true,
                        "Not asked: to follow the lead, give one of Runs:Keys with --runs-key.")));
        }
    }

    private CheckResult Delivered(JsonElement delivery) =>
        delivery.GetProperty("status").GetString() switch
        {
            "delivered" => new CheckResult("test lead delivered", true),
            "dead_letter" => new CheckResult(
                "test lead delivered",
                false,
                $"{delivery.GetProperty("lastError").GetString()} Mend it (LeadFunctions check), then resubmit."),
            _ => new CheckResult(
                "test lead delivered",
                false,
                $"Not within {_most.TotalSeconds:0} seconds. "
                + $"{delivery.GetProperty("lastError").GetString() ?? "It has not been tried yet."}"),
        };

    private CheckResult Unreachable(Exception exception) =>
        new(
            $"{_address.Authority} can be reached",
            false,
            (exception as HttpRequestException)?.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "The name is not known (DNS). Look at its spelling and at the name's records.",
                HttpRequestError.SecureConnectionError =>
                    $"No secure connection: {exception.GetBaseException().Message} The marketplace refuses a certificate that is not "
                    + "trusted, out of date or of another name.",
                HttpRequestError.ConnectionError =>
                    $"No connection: {exception.GetBaseException().Message}. Is the program running, and the port open?",
                _ => exception.GetBaseException().Message,
            });

    private async Task<HttpResponseMessage> PostAsync(Uri url, byte[] body, CancellationToken stop)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return await _http.PostAsync(url, content, stop);
    }

    private bool NoteCertificate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _certificateEnds = certificate is X509Certificate2 known ? known.NotAfter : null;
        return errors == SslPolicyErrors.None;
    }

    private static bool IsUnderWay(JsonElement delivery) => delivery.GetProperty("status").GetString() is "pending" or "in_flight";

    private static string? QueryKey(string query) => query.TrimStart('?').Split('&')
        .Select(pair => pair.Split('=', 2))
        .Where(pair => pair is ["code", { Length: > 0 }])
        .Select(pair => Uri.UnescapeDataString(pair[1]))
        .FirstOrDefault();

    private static Guid? LeadIn(string answer)
    {
        try
        {
            return JsonElement.Parse(answer).GetProperty("leadId").GetGuid();
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
