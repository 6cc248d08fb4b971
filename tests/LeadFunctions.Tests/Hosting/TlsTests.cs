using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Hosting;

public sealed class TlsTests
{
    private const string Hsts = "Strict-Transport-Security";

    [Fact]
    public async Task Where_the_program_ends_TLS_browsers_are_told_to_keep_to_it()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("own.pfx"), Certificate(), TestContext.Current.CancellationToken);
        await using var app = await LeadApp.StartAsync(
            [
                ("urls", "https://127.0.0.1:0"),
                ("Kestrel:Certificates:Default:Path", folder.File("own.pfx")),
                ("Kestrel:Certificates:Default:Password", "x"),
                ("Intake:Keys:0", "a-key-for-the-intake"),
            ],
            folder: folder);
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true })
        {
            BaseAddress = app.Client.BaseAddress,
        };

        foreach (var path in new[] { "/api/runs", "/api/leads", "/api/health/live", "/nothing" })
        {
            Assert.Equal("max-age=31536000", await HstsOfAsync(client, path, "leads.contoso.com"));
            // Other programs answer to it too, without TLS.
            Assert.Null(await HstsOfAsync(client, path, "localhost"));
        }
    }

    [Theory]
    [InlineData("Endpoints:leads:SslProtocols:0", "Tls13", 1)]
    [InlineData("Endpoints:leads:Protocols", "Http1AndHttp2", 2)]
    [InlineData("EndpointDefaults:Protocols", "Http1AndHttp2", 2)]
    public async Task HTTP_2_is_spoken_only_where_a_setting_turns_it_on(string setting, string value, int version)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("own.pfx"), Certificate(), TestContext.Current.CancellationToken);
        await using var app = await LeadApp.StartAsync(
            [
                ("Kestrel:Endpoints:leads:Url", "https://127.0.0.1:0"),
                ($"Kestrel:{setting}", value),
                ("Kestrel:Endpoints:leads:Certificate:Path", folder.File("own.pfx")),
                ("Kestrel:Endpoints:leads:Certificate:Password", "x"),
            ],
            folder: folder);
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Client.BaseAddress!, "/api/health/live"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, version), (response.StatusCode, response.Version.Major));
    }

    [Fact]
    public async Task Without_TLS_of_its_own_the_program_says_nothing_of_it()
    {
        await using var app = await LeadApp.StartAsync([("Runs:Keys:0", "a-key-for-the-history")]);
        app.Client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        Assert.Null(await HstsOfAsync(app.Client, "/api/runs", "leads.contoso.com"));
    }

    private static async Task<string?> HstsOfAsync(HttpClient client, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.Headers.TryGetValues(Hsts, out var values) ? string.Join(", ", values) : null;
    }

    private static byte[] Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=leads.contoso.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.Export(X509ContentType.Pfx, "x");
    }
}
