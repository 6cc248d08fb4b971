using System.Net;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using LeadFunctions.Tests.Runs;

namespace LeadFunctions.Tests.Hosting;

/// <summary>
/// A program without keys serves this machine alone; what a proxy, another name or another site's page leads to it comes from elsewhere.
/// </summary>
public sealed class ForwardedTests : IAsyncLifetime
{
    private const string Body = """{"OfferTitle":"x"}""";

    private LeadApp _app = null!;

    /// <summary>What proxies, tunnels and content networks add, and names that aren't this machine's.</summary>
    public static TheoryData<string, string> Signs =>
        new()
        {
            { "X-Forwarded-For", "203.0.113.9" },
            { "x-forwarded-proto", "https" },
            { "X-Forwarded-Server", "proxy" },
            { "Forwarded", "for=203.0.113.9" },
            { "Forwarded", "" },
            { "Via", "1.1 proxy" },
            { "CDN-Loop", "cloudflare" },
            { "CF-Connecting-IP", "203.0.113.9" },
            { "CF-Ray", "1" },
            { "cf-visitor", "{}" },
            { "X-Real-IP", "203.0.113.9" },
            { "True-Client-IP", "203.0.113.9" },
            { "X-Original-Host", "leads.contoso.com" },
            { "X-Azure-FDID", "1" },
            { "X-ARR-LOG-ID", "1" },
            { "X-Envoy-External-Address", "203.0.113.9" },
            { "X-Amzn-Trace-Id", "Root=1" },
            { "Fly-Client-IP", "203.0.113.9" },
            { "Tailscale-User-Login", "x" },
            { "Ngrok-Auth-User-Email", "x" },
            { "X-Cluster-Client-IP", "203.0.113.9" },
            { "Host", "leads.contoso.example" },
            { "Host", "127.0.0.1.nip.io" },
            { "Host", "localhost.contoso.example" },
            { "Host", "0.0.0.0" },
            { "Host", "192.168.0.5" },
        };

    public async ValueTask InitializeAsync() => _app = await LeadApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [MemberData(nameof(Signs))]
    public async Task The_run_history_is_closed_to_it_even_with_the_key_of_this_machine(string header, string value)
    {
        foreach (var path in new[] { "/api/runs", "/api/runs/sign-in" })
        {
            using var response = await SendAsync(HttpMethod.Get, path, (header, value));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var erased = await SendAsync(HttpMethod.Post, "/api/runs/erase", (header, value));
        Assert.Equal(HttpStatusCode.Unauthorized, erased.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Signs))]
    public async Task Its_leads_are_not_taken(string header, string value)
    {
        foreach (var path in new[] { "/api/leads", "/api/appointments/created" })
        {
            using var response = await SendAsync(HttpMethod.Post, path, (header, value));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Empty((await _app.ListAsync()).Items);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "Origin", "https://elsewhere.example")]
    [InlineData(HttpStatusCode.Forbidden, "Origin", "http://localhost:3000")]
    [InlineData(HttpStatusCode.Forbidden, "Origin", "null")]
    [InlineData(HttpStatusCode.Forbidden, "Sec-Fetch-Site", "cross-site")]
    [InlineData(HttpStatusCode.Forbidden, "Sec-Fetch-Site", "same-site")]
    [InlineData(HttpStatusCode.Accepted, "Sec-Fetch-Site", "same-origin")]
    [InlineData(HttpStatusCode.Accepted, "User-Agent", "curl/8.5.0")]
    public async Task A_lead_that_another_sites_page_posts_is_not_taken(HttpStatusCode expected, string header, string value)
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/leads", (header, value));

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Accepted ? 1 : 0, (await _app.ListAsync()).Items.Count);
    }

    [Fact]
    public async Task A_page_that_let_its_own_name_lead_here_is_another_site_to_a_browser_that_asks_it()
    {
        using var response = await SendAsync(
            HttpMethod.Post,
            "/api/leads",
            ("Host", "rebound.example:7071"),
            ("Origin", "http://rebound.example:7071"),
            ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("POST /api/leads HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /api/leads HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("GET /api/runs HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")]
    public async Task A_plain_proxy_that_adds_nothing_is_told_by_the_version_that_proxies_speak(string request) =>
        Assert.Equal([401], await RawConnection.AnswersAsync(_app, request, answers: 1));

    [Fact]
    public async Task A_proxy_that_nothing_shows_reaches_no_history_without_the_key_of_this_machine()
    {
        using var stranger = new HttpClient { BaseAddress = _app.Client.BaseAddress };

        using var list = await stranger.GetAsync("/api/runs", TestContext.Current.CancellationToken);
        using var erase = await stranger.PostAsync(
            "/api/runs/erase",
            new StringContent("""{"email":"a@contoso.com"}"""),
            TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (list.StatusCode, erase.StatusCode));
    }

    [Fact]
    public async Task With_keys_both_serve_it()
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys:0", "a-key-for-the-intake"), ("Runs:Keys:0", "a-key-for-the-runs")]);
        app.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");

        using var posted = await app.PostAsync(Samples.Documented, path: "/api/leads?code=a-key-for-the-intake");
        using var runs = await app.Client.GetAsync("/api/runs?code=a-key-for-the-runs", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, runs.StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? new StringContent(Body) : null };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
