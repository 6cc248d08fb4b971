using System.Net.Http.Headers;
using Azure.Core;
using Azure.Identity;

namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>Shows a token of Microsoft Entra. Azure.Identity keeps it until shortly before it ends.</summary>
internal sealed class IdentityToken(TokenCredential credential) : StorageKey
{
    private static readonly TokenRequestContext Storage = new(["https://storage.azure.com/.default"]);

    public override async ValueTask SignAsync(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            var token = await credential.GetTokenAsync(Storage, stop);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }
        catch (AuthenticationFailedException exception)
        {
            throw new StoreUnavailableException("There is no token for the storage account: the app's managed identity gave none. Turn the identity on, or set Store:ClientId for a user-assigned one; on your own machine, sign in with az login.", exception);
        }
    }
}
