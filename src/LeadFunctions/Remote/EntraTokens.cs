using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Identity.Client;

namespace LeadFunctions.Remote;

/// <summary>The access token for a remote system, got when first needed and kept until shortly before it ends.</summary>
/// <param name="transport">How Azure.Identity reaches the sign-in service; null for its own way.</param>
internal sealed class EntraTokens(EntraSignIn signIn, Uri system, TimeProvider time, HttpPipelineTransport? transport)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _turn = new(1);
    // Not an AccessToken: a system without tokens, and the start, need none of Azure.Identity.
    private (string Token, DateTimeOffset ExpiresOn)? _token;
    private string? _claims;

    /// <summary>Null when the system needs none. Throws what Azure.Identity throws when there is none to be had.</summary>
    public async Task<string?> GetAsync(CancellationToken stop)
    {
        if (signIn.Auth == EntraAuth.None)
        {
            return null;
        }

        await _turn.WaitAsync(stop);
        try
        {
            if (_token is not { } token || token.ExpiresOn - time.GetUtcNow() < Margin)
            {
                // A credential of its own each time: one that is kept would give the same token again after the system refused it.
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

    /// <summary>Why there is no token, in the sign-in service's words.</summary>
    public static string Reason(AuthenticationFailedException failure) => failure.GetBaseException() is JsonException
        ? "the sign-in service's answer is not JSON; something between may have answered in its place."
        : RemoteText.Brief(failure.GetBaseException().Message);

    /// <summary>How long the sign-in service asks to be left alone.</summary>
    public static TimeSpan? Wait(AuthenticationFailedException failure, DateTimeOffset now) =>
        failure.InnerException is MsalServiceException { Headers: { } headers } answer
            ? RemoteLimits.Wait(headers, answer.StatusCode, now)
            : null;

    /// <summary>Forgets a token that the system refused, unless another caller has got a new one already.</summary>
    public async Task RefusedAsync(string? refused, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        if (_token?.Token == refused)
        {
            _token = null;
            // Managed identities share a cache in the process; asking for a token that starts now passes it by.
            _claims =
                signIn.Auth == EntraAuth.ManagedIdentity
                    ? JsonSerializer.Serialize(
                        new { access_token = new { nbf = new { essential = true, value = $"{time.GetUtcNow().ToUnixTimeSeconds()}" } } })
                    : null;
        }

        _turn.Release();
    }

    private async Task<(string Token, DateTimeOffset ExpiresOn)> AskAsync(CancellationToken stop)
    {
        var token = await Credential()
            .GetTokenAsync(new TokenRequestContext([$"{system.GetLeftPart(UriPartial.Authority)}/.default"], claims: _claims), stop);
        return (token.Token, token.ExpiresOn);
    }

    private TokenCredential Credential() =>
        signIn.Auth switch
        {
            EntraAuth.ClientSecret => new ClientSecretCredential(
                signIn.TenantId,
                signIn.ClientId,
                signIn.ClientSecret,
                Reached(new ClientSecretCredentialOptions())),
            EntraAuth.Certificate => new ClientCertificateCredential(
                signIn.TenantId,
                signIn.ClientId,
                signIn.CertificatePath,
                Reached(new ClientCertificateCredentialOptions())),
            EntraAuth.ManagedIdentity => new ManagedIdentityCredential(
                Reached(
                    new ManagedIdentityCredentialOptions(
                        signIn.ClientId is null
                            ? ManagedIdentityId.SystemAssigned
                            : ManagedIdentityId.FromUserAssignedClientId(signIn.ClientId)))),
            _ => throw new InvalidOperationException($"No credential for {signIn.Auth}."),
        };

    private T Reached<T>(T credential)
        where T : TokenCredentialOptions
    {
        // The callers retry; a second layer here would only hold up the delivery.
        credential.Retry.MaxRetries = 0;
        if (transport is not null)
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
