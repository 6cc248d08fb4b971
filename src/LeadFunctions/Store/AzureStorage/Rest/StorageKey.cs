namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>Proves to the service that a request may be made. The request's address and body are complete before.</summary>
internal abstract class StorageKey
{
    public abstract ValueTask SignAsync(HttpRequestMessage request, CancellationToken stop);
}
