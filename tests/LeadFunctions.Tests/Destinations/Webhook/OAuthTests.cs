using LeadFunctions.Leads;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Webhook;

/// <summary>A webhook that needs a token, with the token endpoint and the API on one server.</summary>
public sealed class OAuthTests : IAsyncLifetime
{
    private const string Secret = "client-secret-0123456789";

    private readonly ManualTime _time = new();
    private readonly List<string> _tokens = [];
    private readonly HashSet<string> _refused = [];
    private FakeHook _server = null!;
    private int _lifetime = 3600;

    public async ValueTask InitializeAsync() => _server = await FakeHook.StartAsync(Answer);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_token_is_got_once_and_used_until_shortly_before_its_end()
    {
        using var hook = Hook();
        await DeliveredAsync(hook);
        await DeliveredAsync(hook);
        _time.Advance(TimeSpan.FromMinutes(57));
        await DeliveredAsync(hook);
        Assert.Single(_tokens);
        _time.Advance(TimeSpan.FromMinutes(2));
        await DeliveredAsync(hook);

        Assert.Equal(2, _tokens.Count);
    }

    [Fact]
    public async Task A_short_lived_token_is_used_too()
    {
        _lifetime = 60;
        using var hook = Hook();
        await DeliveredAsync(hook);
        _time.Advance(TimeSpan.FromSeconds(50));
        await DeliveredAsync(hook);

        Assert.Single(_tokens);
    }

    [Fact]
    public async Task The_request_for_it_is_the_standards()
    {
        using var hook = Hook(("OAuth:Scope", "leads.write"), ("OAuth:ClientId", "id:1"));
        await DeliveredAsync(hook);

        var request = _server.Requests[0];
        Assert.Equal(("POST", "application/x-www-form-urlencoded", "grant_type=client_credentials&scope=leads.write"), (request.Method, request.MediaType("Content-Type"), request.Body));
        Assert.Equal("Basic " + Convert.ToBase64String("id%3A1:client-secret-0123456789"u8), request.Header("Authorization"));
    }

    [Fact]
    public async Task The_client_may_show_itself_in_the_form_and_other_grants_have_their_fields()
    {
        using var hook = Hook(("OAuth:ClientAuth", "Form"), ("OAuth:Form:grant_type", "account_credentials"), ("OAuth:Form:account_id", "abc"));
        await DeliveredAsync(hook);

        Assert.Equal("grant_type=account_credentials&client_id=client&client_secret=client-secret-0123456789&account_id=abc", _server.Requests[0].Body);
        Assert.Null(_server.Requests[0].Header("Authorization"));
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once()
    {
        using var hook = Hook();
        await DeliveredAsync(hook);
        _refused.Add(_tokens[0]);
        await DeliveredAsync(hook);

        Assert.Equal(2, _tokens.Count);
        Assert.Equal(["/token", "/leads", "/leads", "/token", "/leads"], _server.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task When_the_new_one_is_refused_too_it_waits()
    {
        using var hook = Hook();
        _server.FailNext(Fault.None, Fault.Status(401, "no"), Fault.None, Fault.Status(401, "no"));

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await hook.SendAsync(Posted.Lead(Samples.Documented)));

        Assert.Equal(401, retry.HttpStatus);
        Assert.Contains("a new one too", retry.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_client","error_description":"Not client-secret-0123456789"}""", "invalid_client")]
    [InlineData(503, "down", "answered 503: down")]
    [InlineData(200, "<html>", "no access_token")]
    [InlineData(200, """{"access_token":"a\r\nb"}""", "no access_token")]
    [InlineData(200, """{"error":"invalid_client","error_description":"Not client-secret-0123456789"}""", "no access_token: invalid_client (Not …)")]
    [InlineData(200, """{"error":"temporarily_unavailable","access_token":"old"}""", "temporarily_unavailable")]
    [InlineData(502, "<html><title>Bad gateway</title></html>", "answered 502: Bad gateway")]
    public async Task Without_a_token_nothing_is_sent_and_it_waits(int status, string body, string reason)
    {
        using var hook = Hook();
        _server.FailNext(Fault.Status(status, body, headers: ("Retry-After", "30")));

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await hook.SendAsync(Posted.Lead(Samples.Documented)));

        Assert.Contains(reason, retry.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was sent", retry.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, retry.Error, StringComparison.Ordinal);
        Assert.Equal((TimeSpan.FromSeconds(30), false), (retry.NotBefore, retry.Unanswered));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_is_no_unanswered_request()
    {
        using var hook = Hook();
        using var gate = _server.Hold();
        using var stop = new CancellationTokenSource();
        var sending = hook.Destination.SendAsync(Webhook.Hook.Delivery(Posted.Lead(Samples.Documented)), stop.Token);
        await _server.WaitForAsync(() => _server.InFlight == 1);
        await stop.CancelAsync();

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await sending);

        Assert.False(retry.Unanswered);
        Assert.Contains("Nothing was sent", retry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_deliveries_at_once_share_one_token()
    {
        using var hook = Hook();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DeliveredAsync(hook)));

        Assert.Single(_tokens);
    }

    [Fact]
    public void The_token_endpoint_is_held_to_the_same_addresses()
    {
        using var hook = Hook();

        Assert.Equal(Reach.PrivateOnly, hook.Options.Auth.OAuth!.Reach);
    }

    private static async Task DeliveredAsync(Hook hook) => Assert.IsType<DeliveryOutcome.Delivered>(await hook.SendAsync(Posted.Lead(Samples.Documented)));

    private Hook Hook(params IEnumerable<(string Key, string Value)> settings) => new(
        _server,
        _time,
        [("Auth", "OAuth"), ("OAuth:TokenUrl", new Uri(_server.Url, "token").ToString()), ("OAuth:ClientId", "client"), ("OAuth:ClientSecret", Secret), .. settings]);

    private Reply Answer(RecordedRequest request)
    {
        lock (_tokens)
        {
            if (request.Path == "/token")
            {
                _tokens.Add($"token-{_tokens.Count}");
                return new Reply(200, $$"""{"access_token":"{{_tokens[^1]}}","token_type":"bearer","expires_in":{{_lifetime}}}""");
            }

            return request.BearerToken is { } token && _tokens.Contains(token) && !_refused.Contains(token) ? new Reply(201) : new Reply(401, """{"code":124,"message":"Invalid access token."}""");
        }
    }
}
