using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Commands;

/// <summary><c>check --url</c>: what the marketplace would meet at the public address.</summary>
public sealed class PublicCheckTests : IDisposable
{
    private const string IntakeKey = "intake-key-0123456789abcdef";
    private const string RunsKey = "runs-key-0123456789abcdef";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_marked_test_lead_goes_through_the_address_as_it_is_pasted_and_is_followed()
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys:0", IntakeKey), ("Runs:Keys:0", RunsKey)]);

        var run = await CheckAsync($"{app.Client.BaseAddress}api/leads?code={IntakeKey}", "--runs-key", RunsKey);

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("a post without the key is turned away", run.Output, StringComparison.Ordinal);
        Assert.Contains(" accepted in ", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, run.Output.Split("test lead delivered").Length - 1);
        Assert.DoesNotContain("-key-0123456789abcdef", run.All, StringComparison.Ordinal);
        Assert.True(
            Assert.Single((await app.Store.ListRunsAsync(new(), null, 10, TestContext.Current.CancellationToken)).Items).Lead.IsTest);
    }

    [Fact]
    public async Task What_is_wrong_with_the_key_or_the_delivery_is_said()
    {
        await using var crm = await FakeDataverse.StartAsync();
        crm.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"Invalid property 'new_campain'"}}""");
        await using var app = await LeadApp.StartAsync([
            ("Intake:Keys:0", IntakeKey),
            ("Runs:Keys:0", RunsKey),
            ("Destinations:crm:Kind", "Dataverse"),
            ("Destinations:crm:Url", crm.Url.ToString()),
            ("Destinations:crm:Auth", "None"),
        ]);
        var address = app.Client.BaseAddress!.ToString();

        var wrong = await CheckAsync(address, "--key", "another-key-0123456789");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("The key is missing or wrong", wrong.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("another-key", wrong.All, StringComparison.Ordinal);

        var rejected = await CheckAsync(address, "--key", IntakeKey, "--runs-key", RunsKey);
        Assert.Equal(1, rejected.ExitCode);
        Assert.Contains("Invalid property 'new_campain'", rejected.Output, StringComparison.Ordinal);

        var unfollowed = await CheckAsync(address, "--key", IntakeKey);
        Assert.Equal(0, unfollowed.ExitCode);
        Assert.Contains("--runs-key", unfollowed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_without_an_answer_or_with_somebody_elses_is_said()
    {
        await using var other = await FakeHook.StartAsync(request =>
            request.Path == "/api/health/live" ? new Reply(301, Headers: ("Location", "https://www.contoso.example/")) : new Reply(404)
        );

        var nobody = await CheckAsync($"http://127.0.0.1:{FreePort.Next()}");
        Assert.Contains("No connection:", nobody.Output, StringComparison.Ordinal);
        var moved = await CheckAsync(other.Url.ToString());
        Assert.Contains("It sends callers on to www.contoso.example (301)", moved.Output, StringComparison.Ordinal);
        var unknown = await CheckAsync("https://leads.contoso.invalid");
        Assert.Contains("The name is not known (DNS)", unknown.Output, StringComparison.Ordinal);
        Assert.All([nobody, moved, unknown], run => Assert.Equal(1, run.ExitCode));
        Assert.Equal(2, (await CheckAsync("http://leads.contoso.invalid")).ExitCode);
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_said()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=localhost",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var server = builder.Build();
        server.Run(context => context.Response.WriteAsync("""{"status":"live"}"""));
        await server.StartAsync(TestContext.Current.CancellationToken);

        var run = await CheckAsync(server.Urls.Single());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("No secure connection:", run.Output, StringComparison.Ordinal);
    }

    private Task<CommandRun> CheckAsync(string url, params string[] more) => CommandRun.OfAsync(_folder, ["check", "--url", url, .. more]);
}
