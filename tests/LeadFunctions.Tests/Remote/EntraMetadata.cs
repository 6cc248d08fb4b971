using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>What Entra ID publishes about itself. It names the public authority, to which clients believe they talk.</summary>
internal static class EntraMetadata
{
    private const string Authority = $"https://{LoopbackAuthorityHandler.Authority}";

    public static JsonObject OpenIdConfiguration(string tenant) => new()
    {
        ["token_endpoint"] = $"{Authority}/{tenant}/oauth2/v2.0/token",
        ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post", "private_key_jwt"),
        ["jwks_uri"] = $"{Authority}/{tenant}/discovery/v2.0/keys",
        ["response_modes_supported"] = new JsonArray("query", "fragment", "form_post"),
        ["subject_types_supported"] = new JsonArray("pairwise"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["response_types_supported"] = new JsonArray("code", "id_token"),
        ["scopes_supported"] = new JsonArray("openid"),
        ["issuer"] = $"{Authority}/{tenant}/v2.0",
        ["authorization_endpoint"] = $"{Authority}/{tenant}/oauth2/v2.0/authorize",
        ["tenant_region_scope"] = "EU",
        ["cloud_instance_name"] = "microsoftonline.com",
    };

    public static JsonObject Instances(string tenant) => new()
    {
        ["tenant_discovery_endpoint"] = $"{Authority}/{tenant}/v2.0/.well-known/openid-configuration",
        ["api-version"] = "1.1",
        ["metadata"] = new JsonArray(new JsonObject
        {
            ["preferred_network"] = LoopbackAuthorityHandler.Authority,
            ["preferred_cache"] = "login.windows.net",
            ["aliases"] = new JsonArray(LoopbackAuthorityHandler.Authority, "login.windows.net", "login.microsoft.com", "sts.windows.net"),
        }),
    };
}
