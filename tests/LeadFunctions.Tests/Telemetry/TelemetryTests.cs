using System.Net;
using System.Text.Json;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Crash;
using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Settings;

namespace LeadFunctions.Tests.Telemetry;

/// <summary>What a real program sends to a real OTLP receiver, and that it does nothing of it when nobody asked.</summary>
public sealed class TelemetryTests
{
    private const int Server = 2;
    private const int Client = 3;
    private const int Producer = 4;
    private const int Consumer = 5;

    [Fact]
    public async Task A_lead_has_one_trace_from_its_post_through_the_store_to_the_attempt_after_a_kill()
    {
        await using var otlp = await FakeOtlp.StartAsync();
        await using var scene = await CrashScene.SetAsync();
        scene.Dataverse.Always = Fault.Status(503);
        await scene.StartAsync([.. otlp.Environment, ("Delivery__RetrySchedule", "00:00:00.3,00:00:00.3,00:00:00.3,00:00:30,00:00:30")]);
        var lead = await PostAsync(scene.Program, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        // A span that has not been sent when the program is killed never comes.
        await Eventually.TrueAsync(() => Attempts(otlp, lead, "crm").Count >= 2 && Attempts(otlp, lead, "mail").Count == 1, "two attempts have failed, and the mail is out");

        await scene.Program.KillAsync();
        scene.Dataverse.Always = null;
        await scene.StartAsync([.. otlp.Environment, ("Delivery__RetrySchedule", "00:00:00.3,00:00:00.3,00:00:00.3")]);
        await Eventually.TrueAsync(() => Attempts(otlp, lead, "crm").Exists(span => span.Tags["leadfunctions.outcome"] == "delivered"), "the lead has arrived, and its span too");
        await scene.Program.TerminateAsync();

        var trace = otlp.Spans.Where(span => span.TraceId == "0af7651916cd43dd8448eb211c80319c").ToList();
        var post = Assert.Single(trace, span => span.Kind == Server);
        Assert.Equal(("POST /api/leads", "b7ad6b7169203331", "202", "/api/leads"), (post.Name, post.ParentId, post.Tags["http.response.status_code"], post.Tags["http.route"]));
        var accept = Assert.Single(trace, span => span.Name == "accept lead");
        Assert.Equal((Producer, post.SpanId, lead.ToString(), "marketplace", "send"), (accept.Kind, accept.ParentId, accept.Tags["messaging.message.id"], accept.Tags["leadfunctions.source"], accept.Tags["messaging.operation.type"]));
        Assert.Contains(trace, span => span is { Name: "store accept", Kind: Client } && span.ParentId == accept.SpanId && span.Tags["db.system.name"] == "sqlite");

        TracePicture.Draw("trace", trace);

        var attempts = Attempts(otlp, lead, "crm");
        Assert.True(attempts.Count >= 3, $"{attempts.Count} attempts");
        Assert.All(attempts, attempt =>
        {
            Assert.Equal(("0af7651916cd43dd8448eb211c80319c", accept.SpanId, Consumer, "process"), (attempt.TraceId, attempt.ParentId, attempt.Kind, attempt.Tags["messaging.operation.type"]));
            Assert.Contains(accept.SpanId, attempt.Links);
            Assert.Contains(trace, span => span is { Kind: Client, Scope: "System.Net.Http" } && span.ParentId == attempt.SpanId && span.Tags["url.full"] == $"{scene.Dataverse.Url.GetLeftPart(UriPartial.Authority)}/Redacted");
            Assert.Contains(trace, span => span.Name == "store record" && span.ParentId == attempt.SpanId);
        });
        Assert.Equal(("503", 2), (attempts[0].Tags["http.response.status_code"], attempts[0].Status));
        Assert.Equal(("delivered", 0), (attempts[^1].Tags["leadfunctions.outcome"], attempts[^1].Status));
        Assert.Contains(otlp.Logs, log => log.TraceId == "0af7651916cd43dd8448eb211c80319c" && log.SpanId == attempts[^1].SpanId && log.Text.StartsWith($"Lead {lead} was delivered to crm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_counted_and_measured_arrives_with_its_tags()
    {
        await using var otlp = await FakeOtlp.StartAsync();
        await using var scene = await CrashScene.SetAsync();
        scene.Dataverse.FailNext(Fault.Status(503));
        scene.SendGrid.FailNext(Fault.Status(400, """{"errors":[{"message":"no"}]}"""));
        await scene.StartAsync([.. otlp.Environment, ("Intake__Keys__0", "a-key-for-telemetry-tests")]);
        await PostAsync(scene.Program, "x-functions-key", "a-key-for-telemetry-tests");
        await PostAsync(scene.Program, "x-functions-key", "a-key-for-telemetry-tests");
        using (var refused = await scene.Program.PostAsync("[]", "/api/leads?code=a-key-for-telemetry-tests"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using (var turnedAway = await scene.Program.PostAsync("{}"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, turnedAway.StatusCode);
        }

        await HasAsync("leadfunctions.leads.received", 1, ("source", "marketplace"), ("outcome", "accepted"));
        await HasAsync("leadfunctions.leads.received", 1, ("source", "marketplace"), ("outcome", "repeated"));
        await HasAsync("leadfunctions.leads.received", 1, ("source", "marketplace"), ("outcome", "refused"));
        await HasAsync("leadfunctions.posts.turned_away", 1, ("http.response.status_code", "401"));
        await HasAsync("leadfunctions.delivery.attempts", 1, ("destination", "crm"), ("outcome", "retry"));
        await HasAsync("leadfunctions.delivery.attempts", 1, ("destination", "crm"), ("outcome", "delivered"));
        await HasAsync("leadfunctions.delivery.dead_letters", 1, ("destination", "mail"));
        await HasAsync("leadfunctions.delivery.attempt.duration", null, ("destination", "mail"), ("outcome", "rejected"));
        await HasAsync("leadfunctions.delivery.duration", null, ("destination", "crm"));
        await HasAsync("leadfunctions.store.commit.duration", null, ("operation", "accept"));
        await HasAsync("leadfunctions.store.commit.duration", null, ("operation", "record"));
        await HasAsync("http.client.request.duration", null, ("http.request.method", "POST"));

        Task HasAsync(string name, double? value, params (string Name, string Value)[] tags) => Eventually.TrueAsync(
            () => otlp.Metrics.Any(metric => metric.Name == name && metric.Points.Any(point =>
                (value is null ? point.Value > 0 : point.Value == value) && tags.All(tag => point.Tags.GetValueOrDefault(tag.Name) == tag.Value))),
            $"{name} arrived for {string.Join(' ', tags)}");
    }

    [Fact]
    public async Task Nothing_of_OpenTelemetry_is_loaded_where_nothing_is_exported()
    {
        await using var otlp = await FakeOtlp.StartAsync();
        using var folder = new TemporaryFolder();
        await using (var silent = await LeadProcess.StartAsync(folder))
        {
            await PostAsync(silent, "x-test", "1");
            Assert.DoesNotContain("OpenTelemetry", await MappedAsync(silent), StringComparison.Ordinal);
        }

        // The look itself: it would see them.
        await using var telling = await LeadProcess.StartAsync(folder, otlp.Environment);
        await PostAsync(telling, "x-test", "1");
        Assert.Contains("OpenTelemetry.dll", await MappedAsync(telling), StringComparison.Ordinal);

        static Task<string> MappedAsync(LeadProgram program) => File.ReadAllTextAsync($"/proc/{program.Id}/maps", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Behind_the_host_the_worker_exports_and_says_so()
    {
        await using var otlp = await FakeOtlp.StartAsync();
        using var folder = new TemporaryFolder();
        await using (var silent = await HostedProgram.StartAsync(folder))
        {
            Assert.DoesNotContain("WorkerOpenTelemetryEnabled", silent.Host.Capabilities.Keys);
        }

        await using var program = await HostedProgram.StartAsync(folder, otlp.Environment);
        var lead = await PostAsync(program, "x-test", "1");
        await program.CallTimerAsync();
        await Eventually.TrueAsync(() => Attempts(otlp, lead, "crm").Count == 1 && otlp.Spans.Any(span => span.Name == "accept lead"), "the lead's spans have arrived");

        // The host leaves out then what its worker sends; host.json says the same on its side.
        Assert.Contains("WorkerOpenTelemetryEnabled", program.Host.Capabilities.Keys);
        Assert.Contains("\"telemetryMode\": \"OpenTelemetry\"", await File.ReadAllTextAsync(Path.Combine(HostedProgram.BuiltApp, "host.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var accept = Assert.Single(otlp.Spans, span => span.Name == "accept lead");
        Assert.NotEmpty(accept.ParentId);
        Assert.Equal(accept.TraceId, Attempts(otlp, lead, "crm")[0].TraceId);
        Assert.DoesNotContain(PlayedHost.FunctionKey, otlp.Everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://collector")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "IngestionEndpoint=https://example.com")]
    public void An_address_that_nothing_can_be_sent_to_is_a_fault_at_start(string key, string value) =>
        Assert.Equal([key], Given.FaultsAtStart((key, value)).Keys());

    private static List<OtlpSpan> Attempts(FakeOtlp otlp, Guid lead, string destination) =>
        [.. otlp.Spans.Where(span => span.Name == $"deliver {destination}" && span.Tags["messaging.message.id"] == lead.ToString()).OrderBy(span => span.Start)];

    private static async Task<Guid> PostAsync(LeadProgram program, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads") { Content = new StringContent(Samples.Documented, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add(header, value);
        using var response = await program.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        return JsonElement.Parse(text).GetProperty("leadId").GetGuid();
    }
}
