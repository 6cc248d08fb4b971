using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage;
using Azure.Storage.Queues;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// A storage account's table and queue service, and how to prove that one may use them: with the account's key, or with an identity.
/// </summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Tables">Ends without a slash: <c>https://name.table.core.windows.net</c>.</param>
/// <param name="Queues">As <paramref name="Tables"/>, of the queue service.</param>
internal sealed record StorageAccount(string Name, Uri Tables, Uri Queues)
{
    /// <summary>How long one try of a request may take; null: the usual time.</summary>
    public TimeSpan? MostForOne { get; init; }

    /// <summary>How long a request may take with all its tries; null: the usual time.</summary>
    public TimeSpan? MostForAll { get; init; }

    private string? Key { get; init; }

    private TokenCredential? Identity { get; init; }

    private Func<string, TableClient>? OwnTable { get; init; }

    private Func<string, QueueClient>? OwnQueue { get; init; }

    public static StorageAccount WithKey(string name, Uri tables, Uri queues, string key) => new(name, tables, queues) { Key = key };

    /// <summary>The account as it is reached in public Azure, with a token instead of a key.</summary>
    public static StorageAccount WithIdentity(string name, TokenCredential identity) =>
        new(
            name,
            new Uri($"https://{name}.table.core.windows.net"),
            new Uri($"https://{name}.queue.core.windows.net"))
        { Identity = identity };

    /// <summary>An account that is reached by clients which somebody else makes, for each table and each queue.</summary>
    public static StorageAccount WithClients(string name, Func<string, TableClient> table, Func<string, QueueClient>? queue = null) =>
        new(name, new Uri($"https://{name}.table.core.windows.net"), new Uri($"https://{name}.queue.core.windows.net"))
        {
            OwnTable = table,
            OwnQueue = queue,
        };

    public TableClient Table(string name, TableClientOptions options) => OwnTable is not null ? OwnTable(name) : Identity is { } identity
        ? new TableClient(Tables, name, identity, options)
        : new TableClient(Tables, name, new TableSharedKeyCredential(Name, Key), options);

    public QueueClient Queue(string name, QueueClientOptions options)
    {
        var address = new Uri($"{Queues.AbsoluteUri.TrimEnd('/')}/{name}");
        return OwnQueue is not null ? OwnQueue(name) : Identity is { } identity
            ? new QueueClient(address, identity, options)
            : new QueueClient(address, new StorageSharedKeyCredential(Name, Key), options);
    }
}
