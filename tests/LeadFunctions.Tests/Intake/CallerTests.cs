using System.Net;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

public sealed class CallerTests
{
    private const string Old = "old-key-of-sixteen-letters";
    private const string New = "new-key-of-sixteen-letters";

    [Theory]
    [InlineData("", null, false)]
    [InlineData("?code=wrong-key-of-sixteen-letters", null, false)]
    [InlineData("?code=", null, false)]
    [InlineData("", "wrong-key-of-sixteen-letters", false)]
    [InlineData("?code=" + Old, null, true)]
    [InlineData("?code=" + New, null, true)]
    [InlineData("", New, true)]
    public async Task With_keys_only_who_sends_one_of_them_is_let_in(string query, string? header, bool letIn)
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys", $"{Old},{New}")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads" + query) { Content = new StringContent(Samples.Documented) };
        request.Headers.Add("x-functions-key", header ?? "");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        if (letIn)
        {
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }
        else
        {
            var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.Unauthorized);
            Assert.Null(answer.RefusedId);
        }
    }

    [Fact]
    public async Task Guessing_of_keys_is_slow_and_a_right_key_is_not()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync([("Intake:Keys", $"{Old},{New}")], time);
        app.Client.DefaultRequestHeaders.Clear();
        for (var number = 0; number < 5; number++)
        {
            using var early = await app.PostAsync(Samples.Documented, path: $"/api/leads?code=guess-{number}");
            Assert.Equal(HttpStatusCode.Unauthorized, early.StatusCode);
        }

        var guess = app.PostAsync(Samples.Documented, path: "/api/appointments/created?code=one-more-guess");
        using var right = await app.PostAsync(Samples.Documented, path: $"/api/leads?code={New}");
        using var mistaken = await app.PostAsync(Samples.Documented);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Unauthorized), (right.StatusCode, mistaken.StatusCode));
        Assert.False(guess.IsCompleted);
        using var wrong = await time.LateAsync(guess);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task A_guess_in_the_header_beside_a_constant_one_in_the_address_is_a_guess()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync([("Intake:Keys", $"{Old},{New}")], time);
        for (var number = 0; number < 5; number++)
        {
            using var early = await GuessAsync($"guess-{number}");
            Assert.Equal(HttpStatusCode.Unauthorized, early.StatusCode);
        }

        using var late = await time.LateAsync(GuessAsync("one-more-guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);

        Task<HttpResponseMessage> GuessAsync(string key)
        {
            app.Client.DefaultRequestHeaders.Clear();
            app.Client.DefaultRequestHeaders.Add("x-functions-key", key);
            return app.PostAsync(Samples.Documented, path: "/api/leads?code=constant");
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    public async Task Any_other_method_is_a_405_that_names_the_right_one(string method)
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/leads");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await ProblemAnswer.ReadAsync(response, HttpStatusCode.MethodNotAllowed);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Head_is_a_405_without_a_body()
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/leads");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Elsewhere_is_a_404()
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await app.PostAsync(Samples.Documented, path: "/api/lead");

        await ProblemAnswer.ReadAsync(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Above_the_rate_limit_the_answer_is_429_with_a_time_to_wait()
    {
        await using var app = await LeadApp.StartAsync([("Intake:RateLimit", "1")]);

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.PostAsync(Samples.Documented)));

        Assert.Contains(responses, response => response.StatusCode == HttpStatusCode.Accepted);
        var refused = responses.Where(response => response.StatusCode != HttpStatusCode.Accepted).ToArray();
        Assert.NotEmpty(refused);
        foreach (var response in refused)
        {
            await ProblemAnswer.ReadAsync(response, HttpStatusCode.TooManyRequests);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        }
    }

    [Fact]
    public async Task Each_key_has_a_rate_of_its_own()
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys", $"{Old},{New}"), ("Intake:RateLimit", "1")]);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.PostAsync(Samples.Documented, path: $"/api/leads?code={Old}")));

        using var response = await app.PostAsync(Samples.Documented, path: $"/api/leads?code={New}");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/leads", HttpStatusCode.Accepted)]
    [InlineData("GET", "/api/leads", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/", HttpStatusCode.NotFound)]
    public async Task Every_answer_is_one_that_browsers_can_do_nothing_with(string method, string path, HttpStatusCode status)
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(Samples.Documented) };

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-store"], response.Headers.GetValues("Cache-Control"));
        Assert.Equal(["default-src 'none'; frame-ancestors 'none'"], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Empty(response.Headers.Server);
    }
}
