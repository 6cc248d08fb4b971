using System.Net;
using System.Text;

namespace LeadFunctions.Tests.Remote;

public sealed class LoopbackServerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private EchoServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = new EchoServer();
        await _server.StartAsync();
        _client.BaseAddress = _server.Url;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_listens_on_a_port_of_its_own_on_127_0_0_1()
    {
        await using var other = new EchoServer();
        await other.StartAsync();

        Assert.Equal("127.0.0.1", _server.Url.Host);
        Assert.NotEqual(_server.Url, other.Url);
    }

    [Fact]
    public async Task Every_request_is_recorded_as_it_came()
    {
        using var content = new StringContent("Grüße", Encoding.UTF8, "text/plain");
        content.Headers.Add("X-Note", "one");

        await _client.PostAsync("a%20b?c=%2F", content, Token);

        var request = Assert.Single(_server.Requests);
        Assert.Equal(("POST", "/a%20b?c=%2F", "/a%20b", "c=%2F"), (request.Method, request.PathAndQuery, request.Path, request.Query));
        Assert.Equal("Grüße", request.Body);
        Assert.Equal("one", request.Header("x-NOTE"));
        Assert.Equal("text/plain", request.MediaType("Content-Type"));
    }

    [Fact]
    public async Task Faults_are_used_once_each_in_their_order()
    {
        _server.FailNext(Fault.Status(503, "busy", "text/plain", ("Retry-After", "7")), Fault.None, Fault.Status(429));

        using var first = await _client.GetAsync("", Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Equal("busy", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal(TimeSpan.FromSeconds(7), first.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        Assert.Equal(2, _server.Handled);
    }

    [Fact]
    public async Task An_outage_lasts_until_it_is_taken_back()
    {
        _server.Always = Fault.Status(500);
        Assert.Equal(HttpStatusCode.InternalServerError, await StatusAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, await StatusAsync());

        _server.Always = null;

        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
    }

    [Fact]
    public async Task A_reset_breaks_the_connection_and_does_nothing()
    {
        _server.FailNext(Fault.Reset);

        await Assert.ThrowsAsync<HttpRequestException>(StatusAsync);

        Assert.Equal(0, _server.Handled);
    }

    [Fact]
    public async Task A_reset_after_handling_loses_only_the_answer()
    {
        _server.FailNext(Fault.ResetAfterHandling);

        await Assert.ThrowsAsync<HttpRequestException>(StatusAsync);

        Assert.Equal(1, _server.Handled);
    }

    [Fact]
    public async Task A_hanging_request_ends_when_the_client_leaves()
    {
        _server.FailNext(Fault.Hang);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = _client.GetAsync("", leaving.Token);
        await _server.WaitForAsync(() => _server.InFlight == 1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await _server.WaitForAsync(() => _server.InFlight == 0);
        Assert.Equal(0, _server.Handled);
    }

    [Fact]
    public async Task A_hanging_request_ends_when_the_server_is_disposed()
    {
        _server.Always = Fault.Hang;
        var call = _client.GetAsync("", Token);
        await _server.WaitForAsync(() => _server.InFlight == 1);

        await _server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task A_delay_answers_properly()
    {
        _server.FailNext(Fault.Delay(TimeSpan.FromMilliseconds(20)));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
    }

    [Fact]
    public async Task A_huge_body_has_the_size_asked_for_and_no_stated_length()
    {
        _server.FailNext(Fault.HugeBody(500, 300_001));

        using var answer = await _client.GetAsync("", HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Null(answer.Content.Headers.ContentLength);
        Assert.Equal(300_001, (await answer.Content.ReadAsByteArrayAsync(Token)).Length);
    }

    [Fact]
    public async Task A_redirect_names_the_other_place()
    {
        _server.FailNext(Fault.Redirect("http://127.0.0.1:9/elsewhere"));

        using var answer = await _client.GetAsync("", Token);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal("http://127.0.0.1:9/elsewhere", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Held_requests_wait_until_the_gate_is_released()
    {
        using var gate = _server.Hold();
        var calls = new[] { StatusAsync(), StatusAsync(), StatusAsync() };
        await _server.WaitForAsync(() => _server.InFlight == 3);
        Assert.Equal(0, _server.Handled);

        gate.Release();

        Assert.All(await Task.WhenAll(calls), status => Assert.Equal(HttpStatusCode.OK, status));
        await _server.WaitForAsync(() => _server.InFlight == 0);
        Assert.Equal(3, _server.MostInFlight);
    }

    [Fact]
    public void A_second_gate_needs_the_first_one_released()
    {
        var first = _server.Hold();
        Assert.Throws<InvalidOperationException>(_server.Hold);

        first.Dispose();

        _server.Hold().Dispose();
    }

    [Fact]
    public async Task Waiting_in_vain_says_for_what()
    {
        var late = await Assert.ThrowsAsync<TimeoutException>(() => _server.WaitForAsync(() => _server.Requests.Count == 5, TimeSpan.FromMilliseconds(20)));

        Assert.Contains("EchoServer waited 0.02 s in vain for: () => _server.Requests.Count == 5", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_thing_returns_it()
    {
        var waiting = _server.WaitForAsync(() => _server.Requests.FirstOrDefault(request => request.Path == "/b"));
        await _client.GetAsync("a", Token);
        await _client.GetAsync("b", Token);

        Assert.Equal("/b", (await waiting).Path);
    }

    [Fact]
    public async Task A_mistake_in_a_stand_in_names_itself()
    {
        using var answer = await _client.GetAsync("mistake", Token);

        Assert.Contains("EchoServer itself failed", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> StatusAsync()
    {
        using var answer = await _client.GetAsync("", Token);
        return answer.StatusCode;
    }

    private sealed class EchoServer : LoopbackServer
    {
        private int _handled;

        public int Handled => Volatile.Read(ref _handled);

        public Task StartAsync() => StartServerAsync();

        protected override Reply Handle(RecordedRequest request)
        {
            Interlocked.Increment(ref _handled);
            return request.Path == "/mistake" ? throw new InvalidOperationException("oops") : new Reply(200, request.Body, "text/plain");
        }
    }
}
