namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>A storage account's table service, and how to prove that one may use it.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Tables">Ends without a slash: <c>https://name.table.core.windows.net</c>.</param>
internal sealed record StorageAccount(string Name, Uri Tables, StorageKey Key)
{
    /// <summary>The account as it is reached in public Azure, with a token instead of a key.</summary>
    public static StorageAccount Of(string name, StorageKey key) => new(name, new Uri($"https://{name}.table.core.windows.net"), key);
}
