using System.Net.Http.Headers;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>The access token of an OAuth client (RFC 6749, 4.4), got when first needed and kept until shortly before it ends.</summary>
internal sealed class OAuthTokens(OAuthOptions options, SecretTexts secrets, DestinationServices services)
{
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(2);

    /// <summary>RFC 6749 only recommends that an answer says how long its token lives.</summary>
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1);
    private string? _token;
    private DateTimeOffset _until;

    /// <summary>The token, or the outcome when there is none to be had.</summary>
    public async Task<(string? Token, DeliveryOutcome? Failure)> GetAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            return _token is not null && services.Time.GetUtcNow() < _until ? (_token, null) : await RequestAsync(stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets a token that was refused, unless another caller has got a new one already.</summary>
    public async Task RefusedAsync(string refused, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        _token = _token == refused ? null : _token;
        _turn.Release();
    }

    private async Task<(string? Token, DeliveryOutcome? Failure)> RequestAsync(CancellationToken stop)
    {
        var fields = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (options.Scope is not null)
        {
            fields["scope"] = options.Scope;
        }

        if (options.ClientAuth == ClientAuthKind.Form)
        {
            fields["client_id"] = options.ClientId;
            fields["client_secret"] = options.ClientSecret;
        }

        foreach (var (name, value) in options.Form)
        {
            fields[name] = value;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, options.TokenUrl) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Accept.ParseAdd("application/json");
        if (options.ClientAuth == ClientAuthKind.Basic)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", options.Basic);
        }

        return await services.Remote.SendAsync(request, stop, options.Reach) switch
        {
            RemoteReply.Response answer => Take(answer),
            RemoteReply.NoResponse { Fault: TransportFault.AddressRefused } refused => (
                null,
                new DeliveryOutcome.Reject(null, refused.Message)),
            RemoteReply.NoResponse none => (null, NoToken(null, none.Message, null)),
            var reply => throw new InvalidOperationException($"No token in {reply.GetType().Name}."),
        };
    }

    private (string? Token, DeliveryOutcome? Failure) Take(RemoteReply.Response answer)
    {
        var now = services.Time.GetUtcNow();
        if (answer.Status == 200 && Read(answer.Body) is var (token, lifetime))
        {
            var margin = lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
            (_token, _until) = (token, now + lifetime - margin);
            return (token, null);
        }

        // It may be repaired without a resubmit: a new secret, a service that is back.
        // Of a 200 only what it says about an error: anything else may be a token under another name.
        var words =
            answer.Status == 200 ? $"its answer holds no access_token{Error(answer.Body)}" : $"it answered {answer.Status}: {answer.Body}";
        return (null, NoToken(answer.Status, words, answer.Wait(now)));
    }

    private DeliveryOutcome.Retry NoToken(int? status, string words, TimeSpan? notBefore) =>
        new(
            status,
            RemoteText.Brief(
                $"No token from {options.TokenUrl.Authority}, nothing was sent: {RemoteText.WithoutMarkup(words, secrets.Hide)}"),
            notBefore);

    private static (string Token, TimeSpan Lifetime)? Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (Error(root).Length > 0)
            {
                return null;
            }

            var token = root.GetProperty("access_token").GetString();
            var seconds = root.TryGetProperty("expires_in", out var expires) ? Seconds(expires) : null;
            return string.IsNullOrWhiteSpace(token) || token.Any(letter => letter is < '!' or > '~')
                ? null
                : (token, seconds is > 0 and < 315_360_000 ? TimeSpan.FromSeconds(seconds.Value) : UnknownLifetime);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Error(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Error(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return RemoteText.IsPage(body) ? " and is a page for people" : "";
        }
    }

    /// <summary>The error of RFC 6749, 5.2, which some services send with a 200.</summary>
    private static string Error(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("error", out var error)
        && error.ValueKind == JsonValueKind.String
        && error.GetString() is { Length: > 0 } code
            ? root.TryGetProperty("error_description", out var words) && words.ValueKind == JsonValueKind.String
                ? $": {code} ({words.GetString()})"
                : $": {code}"
            : "";

    // Some services write the number as a text.
    private static long? Seconds(JsonElement expires) =>
        long.TryParse(expires.ValueKind == JsonValueKind.String ? expires.GetString() : expires.GetRawText(), out var seconds)
            ? seconds
            : null;
}
