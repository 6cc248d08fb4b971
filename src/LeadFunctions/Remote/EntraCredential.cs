using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Identity.Client;

namespace LeadFunctions.Remote;

/// <summary>
/// Asks Microsoft Entra ID for a token, by Azure.Identity. It is a class of its own because a system without tokens needs none of that
/// library.
/// </summary>
internal static class EntraCredential
{
    /// <summary>Throws <see cref="NoTokenException"/>.</summary>
    /// <param name="claims">What the token must say besides; null for nothing.</param>
    /// <param name="signInClient">How the sign-in service is reached; null for the library's own way.</param>
    public static async Task<(string Token, DateTimeOffset ExpiresOn)> AskAsync(
        EntraSignIn signIn, Uri system, string? claims, HttpClient? signInClient, TimeProvider time, CancellationToken stop)
    {
        try
        {
            // A credential of its own each time: one that is kept would give the same token again after the system refused it.
            var token = await Credential(signIn, signInClient)
                .GetTokenAsync(new TokenRequestContext([$"{system.GetLeftPart(UriPartial.Authority)}/.default"], claims: claims), stop);
            return (token.Token, token.ExpiresOn);
        }
        catch (AuthenticationFailedException failure)
        {
            throw new NoTokenException(Reason(failure), Wait(failure, time.GetUtcNow()), failure);
        }
    }

    private static string Reason(AuthenticationFailedException failure) => failure.GetBaseException() is JsonException
        ? "the sign-in service's answer is not JSON; something between may have answered in its place."
        : RemoteText.Brief(failure.GetBaseException().Message);

    private static TimeSpan? Wait(AuthenticationFailedException failure, DateTimeOffset now) =>
        failure.InnerException is MsalServiceException { Headers: { } headers } answer
            ? RemoteLimits.Wait(headers, answer.StatusCode, now)
            : null;

    private static TokenCredential Credential(EntraSignIn signIn, HttpClient? signInClient) =>
        signIn.Auth switch
        {
            EntraAuth.ClientSecret => new ClientSecretCredential(
                signIn.TenantId,
                signIn.ClientId,
                signIn.ClientSecret,
                Reached(new ClientSecretCredentialOptions(), signInClient)),
            EntraAuth.Certificate => new ClientCertificateCredential(
                signIn.TenantId,
                signIn.ClientId,
                signIn.CertificatePath,
                Reached(new ClientCertificateCredentialOptions(), signInClient)),
            EntraAuth.ManagedIdentity => new ManagedIdentityCredential(
                Reached(
                    new ManagedIdentityCredentialOptions(
                        signIn.ClientId is null
                            ? ManagedIdentityId.SystemAssigned
                            : ManagedIdentityId.FromUserAssignedClientId(signIn.ClientId)),
                    signInClient)),
            _ => throw new InvalidOperationException($"No credential for {signIn.Auth}."),
        };

    private static T Reached<T>(T credential, HttpClient? signInClient)
        where T : TokenCredentialOptions
    {
        // The callers retry; a second layer here would only hold up the delivery.
        credential.Retry.MaxRetries = 0;
        if (signInClient is not null)
        {
            credential.Transport = new HttpClientTransport(signInClient);
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
