using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

public sealed class FakeEntraTests : IAsyncLifetime
{
    private static readonly TokenRequestContext Scope = new(["https://org.crm4.dynamics.com/.default"]);

    private FakeDataverse _dataverse = null!;
    private FakeEntra _entra = null!;
    private HttpClient _client = null!;
    private DataverseCalls _calls = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dataverse = await FakeDataverse.StartAsync(requireToken: true);
        _entra = await FakeEntra.StartAsync(_dataverse);
        _client = LoopbackAuthorityHandler.CreateClient(_entra.Url);
        _calls = new DataverseCalls(_dataverse);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _calls.Dispose();
        await _entra.DisposeAsync();
        await _dataverse.DisposeAsync();
    }

    [Fact]
    public async Task A_client_secret_gets_a_token_that_Dataverse_accepts()
    {
        var token = await WithSecret(_entra.ClientSecret).GetTokenAsync(Scope, Token);

        Assert.Equal(Assert.Single(_entra.Tokens), token.Token);
        Assert.Equal(HttpStatusCode.OK, await _calls.WhoAmIAsync(token.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await _calls.WhoAmIAsync("another"));
    }

    [Fact]
    public async Task A_second_call_gets_the_cached_token_without_a_request()
    {
        var credential = WithSecret(_entra.ClientSecret);
        var first = await credential.GetTokenAsync(Scope, Token);
        var requests = _entra.Requests.Count;

        var second = await credential.GetTokenAsync(Scope, Token);

        Assert.Equal(first.Token, second.Token);
        Assert.Equal(requests, _entra.Requests.Count);
    }

    [Fact]
    public void A_token_can_be_had_without_async()
    {
        Assert.Equal(WithSecret(_entra.ClientSecret).GetToken(Scope, Token).Token, Assert.Single(_entra.Tokens));
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_in_Entras_words()
    {
        var refused = await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await WithSecret("wrong").GetTokenAsync(Scope, Token));

        Assert.Contains("AADSTS7000215: Invalid client secret provided.", refused.InnerException!.Message, StringComparison.Ordinal);
        Assert.Empty(_entra.Tokens);
    }

    [Fact]
    public async Task A_registered_certificate_gets_a_token()
    {
        using var certificate = NewCertificate();
        _entra.Register(certificate);
        var credential = new ClientCertificateCredential(_entra.TenantId, _entra.ClientId, certificate, Options<ClientCertificateCredentialOptions>());

        var first = await credential.GetTokenAsync(Scope, Token);
        var second = await credential.GetTokenAsync(Scope, Token);

        Assert.Equal(first.Token, second.Token);
        Assert.Equal(HttpStatusCode.OK, await _calls.WhoAmIAsync(first.Token));
    }

    [Fact]
    public async Task A_strange_certificate_is_refused()
    {
        using var registered = NewCertificate();
        using var strange = NewCertificate();
        _entra.Register(registered);
        var credential = new ClientCertificateCredential(_entra.TenantId, _entra.ClientId, strange, Options<ClientCertificateCredentialOptions>());

        var refused = await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await credential.GetTokenAsync(Scope, Token));

        Assert.Contains("AADSTS700027", refused.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_assertion_is_refused()
    {
        using var certificate = NewCertificate();
        _entra.Register(certificate);
        await new ClientCertificateCredential(_entra.TenantId, _entra.ClientId, certificate, Options<ClientCertificateCredentialOptions>()).GetTokenAsync(Scope, Token);
        var form = QueryHelpers.ParseQuery(Assert.Single(_entra.Requests).Body).ToDictionary(field => field.Key, field => field.Value.ToString());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(_entra.TenantId, form)).Status);

        var parts = form["client_assertion"].Split('.');
        form["client_assertion"] = $"{parts[0]}.{parts[1]}.AAAAAAAA{parts[2][8..]}";

        var (status, body) = await PostAsync(_entra.TenantId, form);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("the signature doesn't fit", body["error_description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scope", "https://org.crm4.dynamics.com", "invalid_scope")]
    [InlineData("client_id", "another", "unauthorized_client")]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("client_secret", "", "invalid_client")]
    public async Task A_wrong_field_is_refused(string field, string value, string error)
    {
        var form = Form();
        form[field] = value;

        var (status, body) = await PostAsync(_entra.TenantId, form);

        Assert.True(status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized);
        Assert.Equal(error, body["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_right_fields_get_a_token_of_the_stated_lifetime()
    {
        _entra.TokenLifetime = TimeSpan.FromMinutes(10);

        var (status, body) = await PostAsync(_entra.TenantId, Form());

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(600, body["expires_in"]!.GetValue<int>());
        Assert.Equal(Assert.Single(_entra.Tokens), body["access_token"]!.GetValue<string>());
    }

    [Fact]
    public async Task Another_tenant_is_not_found()
    {
        var (status, body) = await PostAsync("another", Form());

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("AADSTS90002", body["error_description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_metadata_name_the_public_authority()
    {
        var configuration = await GetJsonAsync($"https://login.microsoftonline.com/{_entra.TenantId}/v2.0/.well-known/openid-configuration");
        var instances = await GetJsonAsync("https://login.microsoftonline.com/common/discovery/instance?api-version=1.1");

        Assert.Equal($"https://login.microsoftonline.com/{_entra.TenantId}/oauth2/v2.0/token", configuration["token_endpoint"]!.GetValue<string>());
        Assert.Equal("login.microsoftonline.com", instances["metadata"]![0]!["preferred_network"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.Unauthorized)]
    public async Task A_managed_identity_needs_the_identity_header(bool right, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_entra.IdentityEndpoint, "?api-version=2019-08-01&resource=https%3A%2F%2Forg.crm4.dynamics.com"));
        request.Headers.Add("X-IDENTITY-HEADER", right ? _entra.IdentityHeader : "wrong");

        using var answer = await _client.SendAsync(request, Token);

        Assert.Equal(status, answer.StatusCode);
        if (right)
        {
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
            Assert.Equal("https://org.crm4.dynamics.com", body["resource"]!.GetValue<string>());
            Assert.Equal(HttpStatusCode.OK, await _calls.WhoAmIAsync(body["access_token"]!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task No_call_leaves_the_machine() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => _client.GetAsync("https://example.com/", Token));

    private ClientSecretCredential WithSecret(string secret) =>
        new(_entra.TenantId, _entra.ClientId, secret, Options<ClientSecretCredentialOptions>());

    private T Options<T>()
        where T : TokenCredentialOptions, new()
    {
        var options = new T { Transport = new HttpClientTransport(_client) };
        switch (options)
        {
            case ClientSecretCredentialOptions secret:
                secret.DisableInstanceDiscovery = true;
                break;
            case ClientCertificateCredentialOptions certificate:
                certificate.DisableInstanceDiscovery = true;
                break;
        }

        return options;
    }

    private Dictionary<string, string> Form() => new()
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = _entra.ClientId,
        ["client_secret"] = _entra.ClientSecret,
        ["scope"] = Scope.Scopes[0],
    };

    private async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string tenant, Dictionary<string, string> form)
    {
        using var answer = await _client.PostAsync(new Uri(_entra.Url, $"/{tenant}/oauth2/v2.0/token"), new FormUrlEncodedContent(form), Token);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!.AsObject());
    }

    private async Task<JsonNode> GetJsonAsync(string address) => JsonNode.Parse(await _client.GetStringAsync(address, Token))!;

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=LeadFunctions test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
