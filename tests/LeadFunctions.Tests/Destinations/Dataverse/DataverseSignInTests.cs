using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Dataverse;

public sealed class DataverseSignInTests : IAsyncLifetime
{
    private DataverseRig _rig = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await DataverseRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_token_is_got_once_and_used_for_many_rows()
    {
        var destination = _rig.Destination();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => destination.SendAsync(Posted.Lead(("OfferTitle", $"Offer {number}")), Token)));

        Assert.All(outcomes, outcome => Assert.IsType<DeliveryOutcome.Delivered>(outcome));
        var token = Assert.Single(_rig.Entra.Tokens);
        Assert.All(_rig.Crm.Requests, request => Assert.Equal(token, request.BearerToken));
    }

    [Fact]
    public async Task A_token_that_is_about_to_end_is_renewed_before()
    {
        _rig.Entra.TokenLifetime = TimeSpan.FromMinutes(1);
        var destination = _rig.Destination();

        await destination.SendAsync(Posted.Lead(Samples.Documented), Token);
        await destination.SendAsync(Posted.Lead(Samples.Documented), Token);

        Assert.Equal(2, _rig.Entra.Tokens.Count);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_within_the_attempt()
    {
        var destination = _rig.Destination();
        await destination.SendAsync(Posted.Lead(Samples.Documented), Token);
        _rig.Crm.RevokeAllTokens();

        Assert.IsType<DeliveryOutcome.Delivered>(await destination.SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Equal(2, _rig.Entra.Tokens.Count);
        Assert.Equal(3, _rig.Crm.Requests.Count);
    }

    [Fact]
    public async Task A_token_that_is_refused_again_is_tried_later()
    {
        _rig.Crm.Always = Fault.Status(401, """{"error":{"code":"","message":"Not you."}}""");

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Equal(401, retry.HttpStatus);
        Assert.Equal("Dataverse refused the token, and a new one too: Not you.", retry.Error);
        Assert.Equal((2, 2), (_rig.Entra.Tokens.Count, _rig.Crm.Requests.Count));
    }

    [Fact]
    public async Task A_wrong_secret_is_told_in_Entras_words_and_without_the_secret()
    {
        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination(secret: "a-secret-that-is-wrong").SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Contains("AADSTS7000215: Invalid client secret provided.", retry.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-that-is-wrong", retry.Error, StringComparison.Ordinal);
        Assert.False(retry.Unanswered);
        Assert.Empty(_rig.Crm.Requests);
    }

    [Fact]
    public async Task A_secret_that_is_mended_works_without_a_restart()
    {
        var right = _rig.Entra.ClientSecret;
        _rig.Entra.ClientSecret = "not valid yet";
        var destination = _rig.Destination(secret: right);
        Assert.IsType<DeliveryOutcome.Retry>(await destination.SendAsync(Posted.Lead(Samples.Documented), Token));
        _rig.Entra.ClientSecret = right;

        Assert.IsType<DeliveryOutcome.Delivered>(await destination.SendAsync(Posted.Lead(Samples.Documented), Token));
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("pfx")]
    public async Task A_certificate_signs_in_too(string form)
    {
        using var folder = new TemporaryFolder();
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=LeadFunctions", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _rig.Entra.Register(certificate);
        var path = folder.File("certificate." + form);
        await File.WriteAllBytesAsync(path, form == "pfx" ? certificate.Export(X509ContentType.Pfx) : System.Text.Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n"), Token);

        Assert.IsType<DeliveryOutcome.Delivered>(await _rig.Destination(EntraAuth.Certificate, certificatePath: path).SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Contains("client_assertion=", Assert.Single(_rig.Entra.Requests, request => request.Method == "POST").Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_tried_later()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("certificate.pem"), "no certificate", Token);

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination(EntraAuth.Certificate, certificatePath: folder.File("certificate.pem")).SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.StartsWith("No token for 127.0.0.1: ", retry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_service_that_is_down_is_tried_later()
    {
        _rig.Entra.Always = Fault.Status(503);

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.StartsWith("No token for 127.0.0.1: ", retry.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "<!DOCTYPE html><title>Sign in to the network</title>", "text/html")]
    [InlineData(200, "{}", "application/json")]
    [InlineData(200, """{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."}""", "application/json")]
    [InlineData(502, "<html><title>Bad gateway</title></html>", "text/html")]
    public async Task An_answer_without_a_token_is_no_token_whatever_its_status(int status, string body, string type)
    {
        _rig.Entra.Always = Fault.Status(status, body, type);

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.StartsWith("No token for 127.0.0.1: ", retry.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("<", retry.Error, StringComparison.Ordinal);
        Assert.Empty(_rig.Crm.Requests);
    }

    [Fact]
    public async Task The_wait_that_the_sign_in_service_asks_for_is_kept()
    {
        _rig.Entra.Always = Fault.Status(429, """{"error":"temporarily_unavailable","error_description":"AADSTS90055: Too many requests."}""", headers: ("Retry-After", "120"));

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Equal(TimeSpan.FromSeconds(120), retry.NotBefore);
    }

    [Fact]
    public async Task A_sign_in_service_that_hangs_ends_with_the_attempt()
    {
        _rig.Entra.Always = Fault.Hang;
        using var attempt = new CancellationTokenSource();
        var sending = _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), attempt.Token);
        await _rig.Entra.WaitForAsync(() => _rig.Entra.InFlight > 0);

        await attempt.CancelAsync();

        // Nothing was sent to Dataverse, so there is nothing that may have arrived.
        Assert.False(Assert.IsType<DeliveryOutcome.Retry>(await sending).Unanswered);
    }
}
