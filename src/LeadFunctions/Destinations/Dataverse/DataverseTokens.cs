using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>The access token for an environment, got when first needed and kept until shortly before it ends.</summary>
internal sealed class DataverseTokens(DataverseOptions options, DestinationServices services)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _turn = new(1);
    // Not an AccessToken: an environment without tokens, and the start, need none of Azure.Identity.
    private (string Token, DateTimeOffset ExpiresOn)? _token;
    private string? _claims;

    /// <summary>Null when the environment needs none. Throws what Azure.Identity throws when there is none to be had.</summary>
    public async Task<string?> GetAsync(CancellationToken stop)
    {
        if (options.Auth == DataverseAuth.None)
        {
            return null;
        }

        await _turn.WaitAsync(stop);
        try
        {
            if (_token is not { } token || token.ExpiresOn - services.Time.GetUtcNow() < Margin)
            {
                // A credential of its own each time: one that is kept would give the same token again after Dataverse refused it.
                token = await AskAsync(stop);
                (_token, _claims) = (token, null);
            }

            return token.Token;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets a token that Dataverse refused, unless another caller has got a new one already.</summary>
    public async Task RefusedAsync(string? refused, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        if (_token?.Token == refused)
        {
            _token = null;
            // Managed identities share a cache in the process; asking for a token that starts now passes it by.
            _claims = options.Auth == DataverseAuth.ManagedIdentity
                ? JsonSerializer.Serialize(new { access_token = new { nbf = new { essential = true, value = $"{services.Time.GetUtcNow().ToUnixTimeSeconds()}" } } })
                : null;
        }

        _turn.Release();
    }

    private async Task<(string Token, DateTimeOffset ExpiresOn)> AskAsync(CancellationToken stop)
    {
        var token = await Credential().GetTokenAsync(new TokenRequestContext([$"{options.Url.GetLeftPart(UriPartial.Authority)}/.default"], claims: _claims), stop);
        return (token.Token, token.ExpiresOn);
    }

    private TokenCredential Credential() => options.Auth switch
    {
        DataverseAuth.ClientSecret => new ClientSecretCredential(options.TenantId, options.ClientId, options.ClientSecret, Reached(new ClientSecretCredentialOptions())),
        DataverseAuth.Certificate => new ClientCertificateCredential(options.TenantId, options.ClientId, options.CertificatePath, Reached(new ClientCertificateCredentialOptions())),
        DataverseAuth.ManagedIdentity => new ManagedIdentityCredential(Reached(new ManagedIdentityCredentialOptions(
            options.ClientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(options.ClientId)))),
        _ => throw new InvalidOperationException($"No credential for {options.Auth}."),
    };

    private T Reached<T>(T credential)
        where T : TokenCredentialOptions
    {
        // The store retries; a second layer here would only hold up the worker.
        credential.Retry.MaxRetries = 0;
        if (services.IdentityTransport is HttpPipelineTransport transport)
        {
            credential.Transport = transport;
            if (credential is ClientSecretCredentialOptions secret)
            {
                secret.DisableInstanceDiscovery = true;
            }
            else if (credential is ClientCertificateCredentialOptions certificate)
            {
                certificate.DisableInstanceDiscovery = true;
            }
        }

        return credential;
    }
}
