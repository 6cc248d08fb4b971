using System.Net;
using System.Net.Sockets;
using System.Text;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>
/// Some functions are open to all at the host, leads and appointments are not. Whatever path a request has, none of the open ones leads to
/// those that ask for a key: neither by the way that the host finds a function, nor when a path that means another one reaches a function.
/// </summary>
public sealed class PathTests : IAsyncLifetime
{
    private static readonly string[] Steps =
    [
        "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%25252e%25252e", "..;", "%c0%ae%c0%ae", "%00..", "..%00", "%20..", "x/../..",
        "x/%2e%2e/%2e%2e", "%2e%2e/x/%2e%2e", ".",
    ];

    private static readonly string[] Slashes = ["/", "//", "%2f", "%252f", "%5c", "%255c", "\\", "/%5c", "%2f%2f", ";/"];

    private static readonly string[] Targets = ["leads", "appointments/created", "LEADS", "leads/", "leads?code=x", "leads%00", "%6ceads"];

    private readonly TemporaryFolder _folder = new();
    private HostedProgram _program = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _program = await HostedProgram.StartAsync(_folder, [("Runs__Keys__anna", SharedHost.RunsKey)]);

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task By_the_host_without_the_functions_key_nothing_is_taken()
    {
        string[] starts = ["/api/runs", "/api/health", "/api/openapi.json", "/api/runs/%20", "/api//runs"];
        string[] paths =
        [
            .. starts.SelectMany(start =>
                Steps.SelectMany(step => Slashes.SelectMany(slash => Targets[..2].Select(target => $"{start}{slash}{step}{slash}{target}")))
            ),
            .. Targets.SelectMany(target =>
                new[]
                {
                    $"/api/runs/{target}",
                    $"/api/runs//api/{target}",
                    $"//api/{target}",
                    $"/api//{target}",
                    $"/api/./{target}",
                    $"/{target}",
                    $"/api/{target}",
                    $"http://127.0.0.1/api/{target}",
                    $"http://127.0.0.1/api/runs/../{target}",
                }),
            "/api/runs/http://127.0.0.1/api/leads",
            "/api/runs?path=../leads",
            "/api/runs/leads#x",
        ];

        foreach (var connection in paths.Chunk(100))
        {
            foreach (var answer in await PostRawAsync(connection))
            {
                Assert.Matches("^HTTP/1.1 (400|401|404|405)", answer);
            }
        }

        AssertNothingKept();
    }

    [Theory]
    [InlineData("runs")]
    [InlineData("health")]
    [InlineData("openapi")]
    public async Task In_a_function_that_is_open_to_all_a_path_of_another_one_leads_nowhere(string function)
    {
        string[] paths =
        [
            "/api/leads", "/api/appointments/created", "/api/leads/", "/API/LEADS", "/api/%6ceads",
            $"/api/leads?code={SharedHost.RunsKey}",
            "//api/leads",
            "/api//leads",
            "/api/runs/../leads",
            "/api/runs/%2e%2e/leads",
            "/api/runs/%252e%252e/leads",
            "/api/runs/..%5cleads",
            "/api/runs/..%2fleads",
            "/api/runs/..%2fappointments%2fcreated",
            "/api/runs//api/leads",
            "/api/health/%2e%2e/leads",
            "/api/runs/%2e%2e/appointments/created",
        ];

        foreach (var path in paths)
        {
            using var response = await _program.Host.InvokeAsync(function, HttpMethod.Post, path, Samples.Documented);
            Assert.Contains(
                response.StatusCode,
                new[] { HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
        }

        AssertNothingKept();
    }

    [Theory]
    [InlineData("leads", "/api/runs")]
    [InlineData("leads", "/api/runs/resubmit")]
    [InlineData("leads", "/api/appointments/created")]
    public async Task What_reaches_the_function_of_leads_is_a_lead_whatever_its_path(string function, string path)
    {
        using var response = await _program.Host.InvokeAsync(function, HttpMethod.Post, path, Samples.Documented);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(1L, Count("SELECT count(*) FROM leads WHERE source = 'marketplace'"));
    }

    [Theory]
    [InlineData("/api/leads")]
    [InlineData("/api/runs/resubmit")]
    [InlineData("/api/runs/erase")]
    public async Task The_function_of_appointments_has_appointments_alone(string path)
    {
        using var response = await _program.Host.InvokeAsync("appointments", HttpMethod.Post, path, Samples.Documented);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        AssertNothingKept();
    }

    [Fact]
    public async Task The_workers_own_port_answers_nobody_but_the_host()
    {
        using var client = new HttpClient { BaseAddress = _program.Host.WorkerUrl };

        using var posted = await client.PostAsync("/api/leads", new StringContent(Samples.Documented), Stop);
        using var read = await client.GetAsync("/api/health/live", Stop);

        Assert.False(posted.IsSuccessStatusCode);
        Assert.False(read.IsSuccessStatusCode);
        AssertNothingKept();
    }

    private void AssertNothingKept() =>
        Assert.Equal((0L, 0L), (Count("SELECT count(*) FROM leads"), Count("SELECT count(*) FROM refused")));

    private long Count(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("data/leads.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return (long)connection.Run(sql)!;
    }

    /// <summary>Each target as it stands, one connection for each: no client may put it right.</summary>
    private async Task<string[]> PostRawAsync(IReadOnlyCollection<string> targets) =>
        await Task.WhenAll(
            targets.Select(async target =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _program.Host.Url.Port, Stop);
                await using var stream = client.GetStream();
                await stream.WriteAsync(
                    Encoding.UTF8.GetBytes(
                        $"POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                        + $"{Encoding.UTF8.GetByteCount(Samples.Documented)}\r\nConnection: close\r\n\r\n{Samples.Documented}"),
                    Stop);
                using var reader = new StreamReader(stream);
                return await reader.ReadLineAsync(Stop) ?? $"no answer to {target}";
            }));
}
