using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Hosting;

/// <summary>The handler's side of the custom handler contract, with these tests in the place of the Functions host.</summary>
public sealed class FunctionsHostTests
{
    [Fact]
    public async Task It_listens_on_the_port_that_the_host_gives_and_takes_what_the_host_forwards()
    {
        using var folder = new TemporaryFolder();
        var port = LeadProcess.FreePort();
        await using var program = await LeadProcess.StartBehindHostAsync(folder, port, [("Intake__Keys__0", "a-key-for-running-alone"), ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft", "Trace")]);

        using var response = await program.ProxyAsync(Samples.Documented);

        Assert.Equal(port, program.Client.BaseAddress!.Port);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.StartsWith("/api/runs/", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => program.Output.Contains("delivered to crm", StringComparison.Ordinal), "the lead is delivered");
        Assert.DoesNotContain(HostCalls.FunctionKey, program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_body_with_a_malformed_content_type_is_a_lead()
    {
        using var folder = new TemporaryFolder();
        await using var program = await LeadProcess.StartBehindHostAsync(folder, LeadProcess.FreePort());
        var body = Encoding.UTF8.GetBytes(Samples.Documented);

        var answer = await RawAsync(
            program.Client.BaseAddress!.Port,
            "POST /api/leads HTTP/1.1\r\nHost: x\r\nContent-Type: application/json;\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + $"{body.Length:x}\r\n{Samples.Documented}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 202", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timers_call_is_answered_in_the_hosts_form()
    {
        using var folder = new TemporaryFolder();
        await using var program = await LeadProcess.StartBehindHostAsync(folder, LeadProcess.FreePort());

        using var response = await program.CallTimerAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(JsonValueKind.Object, json.RootElement.GetProperty("Outputs").ValueKind);
        Assert.Equal(JsonValueKind.Array, json.RootElement.GetProperty("Logs").ValueKind);
    }

    [Fact]
    public async Task The_timers_call_is_answered_when_what_is_due_has_been_tried()
    {
        await using var dataverse = await FakeDataverse.StartAsync();
        await using var app = await LeadApp.StartAsync(
        [
            ("FUNCTIONS_CUSTOMHANDLER_PORT", $"{LeadProcess.FreePort()}"),
            ("AZURE_FUNCTIONS_ENVIRONMENT", "Development"),
            ("Runs:Keys:0", "a-key-for-the-run-history"),
            ("Destinations:crm:Kind", "Dataverse"),
            ("Destinations:crm:Url", dataverse.Url.ToString()),
            ("Destinations:crm:Auth", "None"),
        ]);
        var gate = dataverse.Hold();
        var answer = await app.AcceptAsync(Samples.Documented);
        await dataverse.WaitForAsync(() => dataverse.InFlight == 1);

        var timer = app.PostAsync("""{"Data":{},"Metadata":{}}""", path: "/deliver");
        gate.Release();
        using var response = await timer;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(dataverse.Rows.ContainsKey(answer.LeadId));
        var run = await app.Store.FindRunAsync(new LeadId(answer.LeadId));
        Assert.Equal(DeliveryStatus.Delivered, Assert.Single(run!.Deliveries).State.Status);
    }

    [Fact]
    public async Task After_a_kill_the_host_starts_it_again_and_what_was_acknowledged_arrives()
    {
        using var folder = new TemporaryFolder();
        var port = LeadProcess.FreePort();
        // A folder where the file should be: the destination is down.
        Directory.CreateDirectory(folder.File("data/crm.jsonl"));
        await using (var first = await LeadProcess.StartBehindHostAsync(folder, port))
        {
            using var response = await first.PostAsync(Samples.Documented);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            await first.KillAsync();
        }

        Directory.Delete(folder.File("data/crm.jsonl"));
        await using var second = await LeadProcess.StartBehindHostAsync(folder, port, [("Delivery__RetrySchedule", "00:00:00.1")]);
        await Eventually.TrueAsync(() => folder.Holds("data/crm.jsonl") && folder.Holds("data/mail/*.eml"), "the row and the mail are there");

        Assert.Single(await File.ReadAllLinesAsync(folder.File("data/crm.jsonl"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.EnumerateFiles(folder.File("data/mail"), "*.eml"));
    }

    [Fact]
    public async Task Told_to_stop_it_ends_with_0()
    {
        using var folder = new TemporaryFolder();
        await using var program = await LeadProcess.StartBehindHostAsync(folder, LeadProcess.FreePort());

        Assert.Equal(0, await program.TerminateAsync());
    }

    [Fact]
    public async Task When_the_port_is_taken_it_ends_with_another_code_and_says_why()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (exitCode, output) = await LeadProcess.RunAsync(folder, [("FUNCTIONS_CUSTOMHANDLER_PORT", $"{port}")]);

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Production", HttpStatusCode.Unauthorized)]
    [InlineData("Development", HttpStatusCode.NotFound)]
    public async Task Without_keys_the_run_history_is_open_only_in_development_with_the_key_made_there(string environment, HttpStatusCode expected)
    {
        using var folder = new TemporaryFolder();
        await using var program = await LeadProcess.StartBehindHostAsync(folder, LeadProcess.FreePort(), [("AZURE_FUNCTIONS_ENVIRONMENT", environment)]);

        using var stranger = new HttpClient { BaseAddress = program.Client.BaseAddress };

        using var without = await stranger.GetAsync($"/api/runs/{Guid.NewGuid()}", TestContext.Current.CancellationToken);
        using var response = await program.Client.GetAsync($"/api/runs/{Guid.NewGuid()}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Alone_there_is_no_timers_call()
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await app.PostAsync("{}", path: "/deliver");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task<string> RawAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
