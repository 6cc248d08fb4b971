using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

/// <summary>
/// Microsoft Entra ID for one application: the v2.0 token endpoint with client credentials (secret or certificate), the metadata that
/// MSAL asks for, and the managed identity endpoint of App Service. Each token is new and is accepted by the linked system.
/// </summary>
internal sealed class FakeEntra : LoopbackServer
{
    private readonly ConcurrentQueue<string> _tokens = new();
    private readonly ConcurrentBag<X509Certificate2> _certificates = [];
    private readonly Action<string>? _accept;

    private FakeEntra(Action<string>? accept) => _accept = accept;

    public string TenantId { get; } = Guid.NewGuid().ToString();

    public string ClientId { get; } = Guid.NewGuid().ToString();

    /// <summary>The one right secret; change it and the old one is refused.</summary>
    public string ClientSecret { get; set; } = "secret-" + Guid.NewGuid().ToString("N");

    /// <summary>What IDENTITY_HEADER is in App Service.</summary>
    public string IdentityHeader { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What IDENTITY_ENDPOINT is in App Service.</summary>
    public Uri IdentityEndpoint => new(Url, "/msi/token");

    /// <summary>How long new tokens say they live. Their end isn't enforced.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromSeconds(3599);

    /// <summary>The tokens given out, in order.</summary>
    public IReadOnlyList<string> Tokens => _tokens.ToArray();

    /// <param name="accept">Tells another system of each token.</param>
    public static async Task<FakeEntra> StartAsync(FakeDataverse? dataverse = null, Action<string>? accept = null)
    {
        var server = new FakeEntra(accept ?? (dataverse is null ? null : dataverse.AcceptToken));
        await server.StartServerAsync();
        return server;
    }

    /// <summary>Registers a certificate for the application; its private key isn't needed.</summary>
    public void Register(X509Certificate2 certificate) => _certificates.Add(certificate);

    protected override Reply Handle(RecordedRequest request)
    {
        var segments = request.Path.Trim('/').Split('/');
        return (request.Method, segments) switch
        {
            ("POST", [var tenant, "oauth2", "v2.0", "token"]) => Token(tenant, request),
            ("GET", [var tenant, "v2.0", ".well-known", "openid-configuration"]) => Reply.Json(200, EntraMetadata.OpenIdConfiguration(tenant)),
            ("GET", ["common", "discovery", "instance"]) => Reply.Json(200, EntraMetadata.Instances(TenantId)),
            ("GET", ["msi", "token"]) => ManagedIdentity(request),
            _ => new Reply(404),
        };
    }

    private Reply Token(string tenant, RecordedRequest request)
    {
        var form = QueryHelpers.ParseQuery(request.Body);
        string Field(string name) => form.TryGetValue(name, out var value) ? value.ToString() : "";
        if (tenant != TenantId)
        {
            return Refuse(400, "invalid_request", $"AADSTS90002: Tenant '{tenant}' not found.");
        }

        if (request.MediaType("Content-Type") != "application/x-www-form-urlencoded" || Field("grant_type") != "client_credentials")
        {
            return Refuse(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
        }

        if (Field("client_id") != ClientId)
        {
            return Refuse(400, "unauthorized_client", $"AADSTS700016: Application with identifier '{Field("client_id")}' was not found in the directory '{tenant}'.");
        }

        if (!Field("scope").Split(' ').Any(scope => scope.EndsWith("/.default", StringComparison.Ordinal)))
        {
            return Refuse(400, "invalid_scope", $"AADSTS1002012: The provided value for scope {Field("scope")} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).");
        }

        if (Field("client_assertion") is { Length: > 0 } assertion)
        {
            var fault = Field("client_assertion_type") != ClientAssertion.Type
                ? "the client_assertion_type is wrong"
                : ClientAssertion.Fault(assertion, ClientId, request.Path, _certificates, request.Time);
            return fault is null ? Issue() : Refuse(401, "invalid_client", $"AADSTS700027: The client assertion was refused: {fault}.");
        }

        return Field("client_secret") switch
        {
            "" => Refuse(401, "invalid_client", "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."),
            var secret when secret != ClientSecret => Refuse(401, "invalid_client", "AADSTS7000215: Invalid client secret provided."),
            _ => Issue(),
        };
    }

    private Reply Issue() => Reply.Json(200, new JsonObject
    {
        ["token_type"] = "Bearer",
        ["expires_in"] = (int)TokenLifetime.TotalSeconds,
        ["ext_expires_in"] = (int)TokenLifetime.TotalSeconds,
        ["access_token"] = NewToken(),
    });

    private Reply ManagedIdentity(RecordedRequest request)
    {
        var query = QueryHelpers.ParseQuery(request.Query);
        if (request.Header("X-IDENTITY-HEADER") != IdentityHeader)
        {
            return Reply.Json(401, new JsonObject { ["statusCode"] = 401, ["message"] = "The X-IDENTITY-HEADER isn't the IDENTITY_HEADER of this app." });
        }

        var resource = query.TryGetValue("resource", out var value) ? value.ToString() : "";
        return query.TryGetValue("api-version", out var version) && version == "2019-08-01" && resource.Length > 0
            ? Reply.Json(200, new JsonObject
            {
                ["access_token"] = NewToken(),
                ["expires_on"] = (request.Time + TokenLifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ["resource"] = resource,
                ["token_type"] = "Bearer",
                ["client_id"] = ClientId,
            })
            : Reply.Json(400, new JsonObject { ["statusCode"] = 400, ["message"] = "api-version=2019-08-01 and a resource are needed." });
    }

    private string NewToken()
    {
        var token = "token-" + Guid.NewGuid().ToString("N");
        _tokens.Enqueue(token);
        _accept?.Invoke(token);
        return token;
    }

    private static Reply Refuse(int code, string error, string description) =>
        Reply.Json(code, new JsonObject { ["error"] = error, ["error_description"] = description });
}
