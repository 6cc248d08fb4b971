using System.Text.Json;

namespace LeadFunctions.Remote;

/// <summary>The access token for a remote system, got when first needed and kept until shortly before it ends.</summary>
/// <param name="signInClient">How Azure.Identity reaches the sign-in service; null for its own way.</param>
internal sealed class EntraTokens(EntraSignIn signIn, Uri system, TimeProvider time, HttpClient? signInClient)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _turn = new(1);
    private (string Token, DateTimeOffset ExpiresOn)? _token;
    private string? _claims;

    /// <summary>Null when the system needs none. Throws <see cref="NoTokenException"/> when there is none to be had.</summary>
    public Task<string?> GetAsync(CancellationToken stop) =>
        signIn.Auth == EntraAuth.None ? Task.FromResult<string?>(null) : GetKeptAsync(stop);

    // A method of its own: to compile it may load Azure.Identity.
    private async Task<string?> GetKeptAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            if (_token is not { } token || token.ExpiresOn - time.GetUtcNow() < Margin)
            {
                token = await EntraCredential.AskAsync(signIn, system, _claims, signInClient, time, stop);
                (_token, _claims) = (token, null);
            }

            return token.Token;
        }
        finally
        {
            _turn.Release();
        }
    }

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
}

/// <summary>There is no token; the message says why, in the sign-in service's words.</summary>
internal sealed class NoTokenException(string message, TimeSpan? wait, Exception inner) : Exception(message, inner)
{
    /// <summary>How long the sign-in service asks to be left alone.</summary>
    public TimeSpan? Wait { get; } = wait;
}
