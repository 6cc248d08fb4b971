using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store.Sqlite;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeadFunctions.Tests.Intake;

/// <summary>Callers that don't keep to HTTP, or keep a connection as long as they can.</summary>
public sealed class HostileConnectionTests : IAsyncLifetime
{
    private const string Body = """{"OfferTitle":"raw"}""";

    private LeadApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await LeadApp.StartAsync(change: builder =>
        builder.Services.PostConfigure<KestrelServerOptions>(kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(2)));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Slow_headers_and_bodies_are_cut_off_with_nothing_stored_and_others_are_served_meanwhile()
    {
        using var slowHeaders = await RawConnection.OpenAsync(_app);
        using var slowBody = await RawConnection.OpenAsync(_app);
        await slowHeaders.SendAsync("POST /api/leads HTTP/1.1\r\nHost: localhost\r\n");
        await slowBody.SendAsync(Post("Content-Length: 2000", ""));
        var took = Stopwatch.StartNew();
        var (headersEnd, bodyEnd) = (slowHeaders.ReadToEndAsync(), slowBody.ReadToEndAsync());
        while (!headersEnd.IsCompleted || !bodyEnd.IsCompleted)
        {
            Assert.True(took.Elapsed < TimeSpan.FromSeconds(12), "A caller who sends a few bytes a second was listened to for more than 12 s.");
            await slowHeaders.SendAsync("X-More: x\r\n");
            await slowBody.SendAsync(" ");
            await _app.AcceptAsync($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""");
            await Task.Delay(250, TestContext.Current.CancellationToken);
        }

        Assert.All(RawConnection.Statuses(await headersEnd), status => Assert.Equal(408, status));
        Assert.All(RawConnection.Statuses(await bodyEnd), status => Assert.Equal(408, status));
        Assert.Equal(0, Rows("SELECT count(*) FROM refused"));
    }

    [Fact]
    public async Task Two_thousand_connections_that_say_nothing_keep_nobody_out()
    {
        var idle = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => RawConnection.OpenAsync(_app)));
        try
        {
            using var half = await RawConnection.OpenAsync(_app);
            await half.SendAsync("POST /api/leads HT");
            var took = Stopwatch.StartNew();

            await _app.AcceptAsync(Body);

            Assert.True(took.Elapsed < TimeSpan.FromSeconds(5), $"The answer took {took.Elapsed}.");
        }
        finally
        {
            Array.ForEach(idle, connection => connection.Dispose());
        }
    }

    [Theory]
    [InlineData(200, 10, 431)]
    [InlineData(5_000, 10, 431)]
    [InlineData(1, 40_000, 431)]
    [InlineData(1, 2_000_000, 431)]
    [InlineData(20, 1_000, 202)]
    public async Task A_flood_of_headers_is_refused(int count, int length, int expected)
    {
        var headers = string.Concat(Enumerable.Range(0, count).Select(number => $"X-{number}: {new string('x', length)}\r\n"));

        var answers = await RawConnection.AnswersAsync(_app, $"POST /api/leads HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {Body.Length}\r\n\r\n{Body}");

        // What the server no longer reads may cost the caller the answer.
        Assert.All(answers, status => Assert.Equal(expected, status));
        await AssertServesAsync();
    }

    [Fact]
    public async Task A_body_shorter_than_it_says_is_no_lead()
    {
        var answers = await RawConnection.AnswersAsync(_app, Post($"Content-Length: {Body.Length + 1}", Body));

        Assert.All(answers, status => Assert.Equal(400, status));
        Assert.Equal((0, 0), (Rows("SELECT count(*) FROM leads"), Rows("SELECT count(*) FROM refused")));
        await AssertServesAsync();
    }

    [Fact]
    public async Task A_body_longer_than_it_says_is_what_it_says_and_the_rest_no_request()
    {
        Assert.Equal([202, 400], await RawConnection.AnswersAsync(_app, Post($"Content-Length: {Body.Length}", Body + Body + "\r\n\r\n"), answers: 2));
        Assert.Equal([400, 400], await RawConnection.AnswersAsync(_app, Post("Content-Length: 5", Body + "\r\n\r\n"), answers: 2));

        Assert.Equal((1, 1), (Rows("SELECT count(*) FROM leads"), Rows("SELECT count(*) FROM refused")));
    }

    [Fact]
    public async Task Requests_sent_without_waiting_are_answered_in_order()
    {
        var requests = string.Concat(Enumerable.Range(0, 50).Select(number => number % 2 == 0
            ? Post("Content-Length: 20", $$"""{"OfferTitle":"{{number:00}}"} """)
            : Post("Content-Length: 2", "{}")));

        var answers = await RawConnection.AnswersAsync(_app, requests, answers: 50);

        Assert.Equal(Enumerable.Range(0, 50).Select(number => number % 2 == 0 ? 202 : 400), answers);
        Assert.Equal((25, 25), (Rows("SELECT count(*) FROM leads"), Rows("SELECT count(*) FROM refused")));
    }

    [Fact]
    public async Task An_HTTP_1_0_caller_is_answered()
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys:0", "a-key-for-the-intake")]);

        Assert.Equal([202], await RawConnection.AnswersAsync(app, $"POST /api/leads?code=a-key-for-the-intake HTTP/1.0\r\nContent-Length: {Body.Length}\r\n\r\n{Body}", answers: 1));
    }

    [Fact]
    public async Task Two_lengths_or_a_length_beside_chunks_make_one_lead_at_most()
    {
        var chunked = $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n";
        string[] requests =
        [
            Post($"Content-Length: {Body.Length}\r\nTransfer-Encoding: chunked", chunked),
            Post("Transfer-Encoding: chunked\r\nContent-Length: 5", chunked),
            Post("Transfer-Encoding: chunked, chunked", chunked),
            Post("Transfer-Encoding: gzip, chunked", chunked),
            Post("Transfer-Encoding: xchunked\r\nContent-Length: 20", Body),
            Post("Transfer-Encoding: chunked", "ffffffffffffffffff\r\n" + Body),
            Post("Transfer-Encoding: chunked", "-5\r\n" + Body),
            Post("Transfer-Encoding: chunked", $"{Body.Length:x};{new string('e', 10_000)}\r\n{Body}\r\n0\r\n\r\n"),
            Post("Transfer-Encoding: chunked", $"{Body.Length:x}\r\n{Body}"),
            Post("Content-Length: 5\r\nContent-Length: 20", Body),
            Post("Content-Length: -1", Body),
            Post("Content-Length: 99999999999999999999", Body),
            Post("Content-Length: 0x14", Body),
        ];

        foreach (var request in requests)
        {
            Assert.All(await RawConnection.AnswersAsync(_app, request), status => Assert.True(status is 202 or >= 400 and < 500 or 501, $"{status} for {request}"));
        }

        Assert.InRange(Rows("SELECT count(*) FROM leads"), 0, 1);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("\r\n\r\n\r\n\r\n")]
    [InlineData("POST\r\n\r\n")]
    [InlineData("POST  HTTP/1.1\r\n\r\n")]
    [InlineData("POST /api/leads\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData("P\u0000ST /api/leads HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /api/le\u0000ads HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /api/%00%ff%2e%2e/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /api/runs/%f0%9f%98%80 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/runs/'%20OR%201=1-- HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST http://stranger.example/api/leads HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/1.1\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/1.1\r\nHost: localhost\r\n : no name\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/1.1\r\nHost: localhost\r\nX: \u0000\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/1.1\nHost: localhost\n\n")]
    [InlineData("CONNECT stranger.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")]
    [InlineData("GET /api/leads HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("POST /api/leads HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n")]
    public async Task An_absurd_request_is_refused_and_no_more(string request)
    {
        Assert.All(await RawConnection.AnswersAsync(_app, request), status => Assert.True(status is >= 400 and < 500 or 505 or 100, $"{status}"));
        Assert.Equal(0, Rows("SELECT count(*) FROM leads"));
        await AssertServesAsync();
    }

    [Fact]
    public async Task An_endless_request_line_is_refused()
    {
        Assert.All(await RawConnection.AnswersAsync(_app, $"POST /api/leads?code={new string('x', 1_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"), status => Assert.Equal(414, status));
        await AssertServesAsync();
    }

    [Fact]
    public async Task The_limits_are_the_ones_that_were_chosen()
    {
        await using var app = await LeadApp.StartAsync();

        var limits = app.App.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal(TimeSpan.FromSeconds(10), limits.RequestHeadersTimeout);
        Assert.Equal((240, TimeSpan.FromSeconds(5)), (limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinRequestBodyDataRate.GracePeriod));
        Assert.Equal((100, 32 * 1024, 8 * 1024), (limits.MaxRequestHeaderCount, limits.MaxRequestHeadersTotalSize, limits.MaxRequestLineSize));
    }

    private static string Post(string headers, string body) => $"POST /api/leads HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n{body}";

    private async Task AssertServesAsync() => await _app.AcceptAsync($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""");

    private int Rows(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_app.Folder.File("leads.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return Convert.ToInt32(connection.Run(sql), CultureInfo.InvariantCulture);
    }
}
