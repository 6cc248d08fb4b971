using System.IO.Compression;
using System.Net;
using System.Text;
using LeadFunctions.Tests.Crash;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Hosting;

/// <summary>What a full run prints at the most talkative level, searched for everything that must not be in it.</summary>
public sealed class PrivacyTests
{
    private const string IntakeKey = "intake-key-0123456789abcdef";
    private const string RunsKey = "runs-key-0123456789abcdef";
    private const string HookSecret = "B0-a-secret-that-is-a-path";
    private const string WrongKey = "wrong-key-0123456789abcdef";

    private static readonly string[] Personal =
    [
        "Zyxwina", "Qwertmann", "zyxwina.qwertmann@private.example", "+49 555 0199 777", "Geheim GmbH", "a very private wish",
    ];

    private static readonly string Lead = $$"""
        {"UserDetails":{"FirstName":"{{Personal[0]}}","LastName":"{{Personal[1]}}\r\n2026 crit: forged line","Email":"{{Personal[
            2
        ]}}","Phone":"{{Personal[3]}}","Company":"{{Personal[4]}}"},
        "LeadSource":"AzureMarketplace","OfferTitle":"Offer","Description":"{{Personal[5]}}"}
        """;

    [Fact]
    public async Task Nothing_personal_no_key_and_no_forged_line_is_printed_at_any_level()
    {
        await using var scene = await CrashScene.SetAsync();
        await using var otlp = await FakeOtlp.StartAsync();
        await using var insights = await FakeHook.StartAsync(_ => new Reply(200, """{"itemsReceived":1,"itemsAccepted":1,"errors":[]}"""));
        await using var hook = await FakeHook.StartAsync();
        await scene.StartAsync(
            [.. otlp.Environment,
            ("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true"),
            ("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true"),
            (
                "APPLICATIONINSIGHTS_CONNECTION_STRING",
                $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={insights.Url};LiveEndpoint={insights.Url}"),
            ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED", "true"),
            ("Destinations__chat__Kind", "Webhook"),
            ("Destinations__chat__Url", $"{hook.Url}services/{HookSecret}?who={{{{UserDetails.Email}}}}"),
            ("Destinations__chat__AllowPrivateAddresses", "true"),
            ("Destinations__chat__Json__text", "{{Lead.Id}}"),
            ("Logging__LogLevel__Default", "Trace"),
            ("Logging__LogLevel__Microsoft", "Trace"),
            ("Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "Trace"),
            ("Logging__Console__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "Trace"),
            ("Logging__Console__LogLevel__Microsoft.AspNetCore.Server.Kestrel.BadRequests", "Trace"),
            ("Logging__LogLevel__System", "Trace"),
            // The longest category that fits decides, and may hold a star.
            ("Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostic*s", "Trace"),
            ("Logging__LogLevel__*Diagnostics", "Trace"),
            ("Logging__Console__LogLevel__Microsoft.AspNetCore.Server.Kestrel*", "Trace"),
            ("Logging__Console__LogLevel__Microsoft.AspNetCore.Server.Kestrel.BadRequest*", "Trace"),
            ("Logging__Console__LogLevel__Microsoft.AspNetCore.Routing.Matching.DfaMatche*", "Trace"),
            ("Logging__Console__FormatterOptions__IncludeScopes", "true"),
            ("Intake__Keys__0", IntakeKey),
            ("Runs__Keys__0", RunsKey),
        ]);
        scene.Dataverse.FailNext(
            Fault.Status(503, Personal[2]),
            Fault.Status(400, $$$"""{"error":{"code":"0x80044331","message":"{{{Personal[1]}}} is too long"}}"""),
            Fault.Reset);
        scene.SendGrid.FailNext(Fault.Status(503, Personal[3]), Fault.Status(400, Personal[4]));

        await PostAsync(scene, HttpStatusCode.Accepted, $"/api/leads?code={IntakeKey}", Lead);
        await PostAsync(
            scene,
            HttpStatusCode.Accepted,
            $"/api/leads?code={IntakeKey}",
            Lead.Replace("Offer", "Other", StringComparison.Ordinal));
        await PostAsync(scene, HttpStatusCode.Unauthorized, $"/api/leads?code={WrongKey}", Lead);
        await PostAsync(scene, HttpStatusCode.BadRequest, $"/api/leads?code={IntakeKey}", Lead[..^9]);
        await PostAsync(
            scene,
            HttpStatusCode.BadRequest,
            $"/api/leads?code={IntakeKey}",
            Lead.Replace($"\"{Personal[3]}\"", $"[\"{Personal[3]}\"]", StringComparison.Ordinal));
        await PostAsync(scene, HttpStatusCode.NotFound, $"/api/{WrongKey}?email={Personal[2]}", Lead);
        await PostAsync(scene, HttpStatusCode.NotFound, $"/api/%1b%5B2J%0d%0a2026-11-26T09:00:00.000Z%20crit:%20forged%20line", Lead);
        await Eventually.TrueAsync(
            () =>
                scene.Program.Output.Contains("dead letter at crm", StringComparison.Ordinal)
                && scene.Program.Output.Contains("delivered to crm", StringComparison.Ordinal),
            "one row is a dead letter and one is delivered");
        using (
            var runs = await scene.Program.Client.GetAsync(
                $"/api/runs/{Guid.NewGuid()}?code={RunsKey}",
                TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.NotFound, runs.StatusCode);
        }

        await hook.WaitForAsync(() => hook.Requests.Any(request => request.Path.EndsWith(HookSecret, StringComparison.Ordinal)));
        await Eventually.TrueAsync(() => otlp.Spans.Any(span => span.Name == "deliver crm"), "the spans of deliveries are exported");
        await scene.Program.TerminateAsync();

        Assert.Contains("dbug: ", scene.Program.Output, StringComparison.Ordinal);
        Assert.All(
            [.. Personal, IntakeKey, RunsKey, CrashScene.ApiKey, "forged line", "code="],
            secret => Assert.DoesNotContain(secret, scene.Program.Output, StringComparison.OrdinalIgnoreCase));
        var exported = otlp.Everything + string.Concat(insights.Requests.Select(request => request.PathAndQuery + Unpacked(request)));
        Assert.All(
            ["accept lead", "deliver crm", "/v1/logs", "/v1/metrics", "RemoteDependencyData"],
            sign => Assert.Contains(sign, exported, StringComparison.Ordinal));
        Assert.All(
            [.. Personal, IntakeKey, RunsKey, WrongKey, CrashScene.ApiKey, HookSecret, "forged line", "code=", "too long"],
            secret => Assert.DoesNotContain(secret, exported, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(WrongKey, scene.Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', scene.Program.Output);
    }

    private static string Unpacked(RecordedRequest request)
    {
        if (request.Header("Content-Encoding") != "gzip")
        {
            return request.Body;
        }

        using var gzip = new GZipStream(new MemoryStream(request.Content.ToArray()), CompressionMode.Decompress);
        using var text = new StreamReader(gzip);
        return text.ReadToEnd();
    }

    private static async Task PostAsync(CrashScene scene, HttpStatusCode expected, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await scene.Program.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, answer);
        Assert.All(Personal, secret => Assert.DoesNotContain(secret, answer, StringComparison.Ordinal));
    }
}
