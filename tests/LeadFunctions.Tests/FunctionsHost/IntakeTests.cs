using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>Posts by way of the Functions host: what it asks for, what arrives, and what comes back.</summary>
public sealed class IntakeTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HostedProgram Program => shared.Program;

    [Fact]
    public async Task The_sample_is_taken_and_delivered()
    {
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(folder);

        using var response = await program.PostAsync(Samples.Documented);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.StartsWith("/api/runs/", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        await Eventually.TrueAsync(
            () => folder.Holds("data/crm.jsonl") && folder.Holds("data/mail/*.eml"),
            "the row and the mail are there");
    }

    [Theory]
    [InlineData("/api/leads", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/leads", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/api/leads?code=wrong", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/leads?code=" + PlayedHost.FunctionKey, "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/api/leads", "a-key-for-running-alone", HttpStatusCode.Unauthorized)]
    [InlineData("/api/appointments/created", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/leads?code=" + PlayedHost.FunctionKey, null, HttpStatusCode.Accepted)]
    [InlineData("/api/leads", PlayedHost.FunctionKey, HttpStatusCode.Accepted)]
    public async Task The_host_asks_for_the_functions_key_and_the_program_for_none(string path, string? header, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(Samples.Documented, Encoding.UTF8, "application/json"),
        };
        if (header is not null)
        {
            request.Headers.Add("x-functions-key", header);
        }

        using var response = await Program.Stranger.SendAsync(request, Stop);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task No_key_is_in_a_log_at_any_level()
    {
        using var posted = await Program.Stranger.PostAsync(
            $"/api/leads?code={PlayedHost.FunctionKey}",
            new StringContent(Samples.Documented),
            Stop);
        using var shown = await Program.Stranger.GetAsync($"/api/runs?code={SharedHost.RunsKey}", Stop);
        await Program.CallTimerAsync();

        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        Assert.Contains("Debug", Program.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(PlayedHost.FunctionKey, Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(SharedHost.RunsKey, Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("code=", Program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/leads")]
    [InlineData("DELETE", "/api/runs")]
    [InlineData("POST", "/deliver")]
    [InlineData("POST", "/api/sweep")]
    [InlineData("POST", "/api/deliver")]
    [InlineData("GET", "/")]
    public async Task What_no_function_takes_is_not_found(string method, string path)
    {
        using var response = await Program.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stop);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("application/json;")]
    [InlineData("@@@")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task A_chunked_body_of_whatever_content_type_is_a_lead(string? contentType)
    {
        var body = Encoding.UTF8.GetBytes(Samples.Documented);

        var answer = await RawAsync(
            $"POST /api/leads?code={PlayedHost.FunctionKey} HTTP/1.1\r\nHost: "
            + $"x\r\n{(contentType is null ? "" : $"Content-Type: {contentType}\r\n")}Transfer-Encoding: "
            + "chunked\r\nConnection: close\r\n\r\n"
            + $"{body.Length:x}\r\n{Samples.Documented}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 202", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_300_KB_is_a_lead_where_the_settings_allow_it()
    {
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(folder, [("Intake__MaxBodyBytes", "400000")]);

        using var response = await program.PostAsync(Lead(300 * 1024));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData(300 * 1024)]
    // More than a server of ASP.NET Core takes by itself.
    [InlineData(40 * 1024 * 1024)]
    public async Task A_body_that_is_too_large_is_told_so_by_the_program(int length)
    {
        using var response = await Program.PostAsync(Lead(length));

        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_refused_body_is_answered_fault_by_fault()
    {
        using var response = await Program.PostAsync("""{"UserDetails":{"Email":7}}""");

        var problem = await AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("/UserDetails/Email", Assert.Single(problem.GetProperty("errors").EnumerateArray()).GetProperty("path").GetString());
    }

    [Fact]
    public async Task An_appointment_is_taken_and_an_unknown_event_is_refused()
    {
        using var created = await Program.PostAsync(Samples.Read("appointment-one-to-one.json"), "/api/appointments/created");
        using var unknown = await Program.PostAsync(Samples.Read("appointment-one-to-one.json"), "/api/appointments/forgotten");

        Assert.Equal(HttpStatusCode.Accepted, created.StatusCode);
        await AssertProblemAsync(unknown, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Too_many_posts_are_told_when_to_come_again()
    {
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(folder, [("Intake__RateLimit", "1")]);

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => program.PostAsync(Samples.Documented)));

        var refused = responses.First(response => response.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task What_fails_inside_a_function_is_told_to_the_caller_and_its_message_to_nobody()
    {
        using var folder = new TemporaryFolder();
        var app = HostedProgram.CopyApp(folder);
        // The library that explains what is wrong with a body is loaded when it is first needed.
        await File.WriteAllTextAsync(Path.Combine(app, "NJsonSchema.dll"), "damaged", Stop);
        await using var program = await HostedProgram.StartAsync(folder, app: app);

        using var response = await program.PostAsync("""{"UserDetails":{"Email":7}}""");

        await AssertProblemAsync(response, HttpStatusCode.InternalServerError);
        await Eventually.TrueAsync(
            () => program.Output.Contains("A POST request failed unexpectedly", StringComparison.Ordinal),
            "the host has the worker's log");
        Assert.DoesNotContain("Could not load file or assembly", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_who_go_away_are_nobodys_fault_and_the_next_one_is_served()
    {
        var address = Program.Host.Url;
        for (var caller = 0; caller < 20; caller++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, Stop);
            // Half of them before the body is whole, half of them before the answer.
            var body = caller % 2 == 0 ? "{" : Lead(2_000);
            await client
                .GetStream()
                .WriteAsync(
                    Encoding.UTF8.GetBytes(
                        $"POST /api/leads?code={PlayedHost.FunctionKey} HTTP/1.1\r\nHost: x\r\nContent-Length: "
                        + $"{(caller % 2 == 0 ? 100 : body.Length)}\r\n\r\n{body}"),
                    Stop);
            client.LingerState = new LingerOption(true, 0);
        }

        using var response = await Program.PostAsync(Samples.Documented);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.DoesNotContain("Unexpected", Program.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_endpoints_are_described_and_health_is_told_to_everybody()
    {
        using var description = await Program.Stranger.GetAsync("/api/openapi.json", Stop);
        using var live = await Program.Stranger.GetAsync("/api/health/live", Stop);
        using var ready = await Program.Stranger.GetAsync("/api/health/ready", Stop);
        using var nothing = await Program.Stranger.GetAsync("/api/health/dead", Stop);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK),
            (description.StatusCode, live.StatusCode, ready.StatusCode));
        Assert.Equal("3.1.0", JsonElement.Parse(await description.Content.ReadAsStringAsync(Stop)).GetProperty("openapi").GetString());
        await AssertProblemAsync(nothing, HttpStatusCode.NotFound);
    }

    private static string Lead(int length) => $$"""{"OfferTitle":"{{Guid.NewGuid()}}","Description":"{{new string('x', length)}}"}""";

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<string> RawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Program.Host.Url.Host, Program.Host.Url.Port, Stop);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Stop);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Stop);
    }
}
