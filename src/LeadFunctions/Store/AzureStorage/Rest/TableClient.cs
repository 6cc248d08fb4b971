using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>
/// One partition of one table: reads a range of keys, and changes entities in transactions. Keys sort ordinally. Throws
/// <see cref="StoreUnavailableException"/>; a conflict is a value.
/// </summary>
internal sealed class TableClient(StorageSender sender, string table, string partition)
{
    private const int MostInOnePage = 1_000;
    private const string TableIsGone = "TableNotFound";

    /// <summary>Makes the table when there is none.</summary>
    public async Task MakeAsync()
    {
        const string Operation = "create table";
        var answer = await sender.SendAsync(Operation, () => new HttpRequestMessage(HttpMethod.Post, sender.Address("/Tables"))
        {
            Headers = { { "Accept", "application/json;odata=nometadata" }, { "Prefer", "return-no-content" } },
            Content = new StringContent($$"""{"TableName":"{{table}}"}""", Encoding.UTF8, "application/json"),
        });
        if (answer is not ({ Status: 201 or 204 } or { Status: 409, Code: "TableAlreadyExists" }))
        {
            throw sender.Unavailable(Operation, answer.Words);
        }
    }

    /// <summary>The entity of a key; null when there is none.</summary>
    public async Task<TableEntity?> FindAsync(string key)
    {
        const string Operation = "get";
        var answer = await SendAsync(Operation, () => Get($"/{table}(PartitionKey='{partition}',RowKey='{key}')"));
        return answer switch
        {
            { Status: 200 } => Parse(Operation, answer, TableEntity.Read),
            { Status: 404, Code: not (null or TableIsGone) } => null,
            _ => throw sender.Unavailable(Operation, answer.Words),
        };
    }

    /// <summary>The entities from a key on, before another, in the order of their keys; read as they are asked for, page by page.</summary>
    /// <param name="most">How many are wanted at most.</param>
    /// <param name="select">The only properties that are wanted, divided by commas, the key among them; null: all.</param>
    /// <param name="page">How many are read at once.</param>
    public async IAsyncEnumerable<TableEntity> QueryAsync(string from, string before, int most = int.MaxValue, string? select = null, int page = MostInOnePage)
    {
        string? next = null;
        do
        {
            (var entities, next) = await ReadPageAsync(from, before, Math.Min(most, Math.Min(page, MostInOnePage)), select, next);
            foreach (var entity in entities)
            {
                yield return entity;
            }

            most -= entities.Count;
        }
        while (next is not null && most > 0);
    }

    /// <summary>All of the changes, or none.</summary>
    public async Task<Commit> CommitAsync(string operation, IReadOnlyList<TableChange> changes)
    {
        var body = BatchText.Write(sender.Address($"/{table}"), partition, changes);
        var answer = await SendAsync(operation, () => new HttpRequestMessage(HttpMethod.Post, sender.Address("/$batch"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(BatchText.ContentType) } },
        });
        return answer switch
        {
            { Status: >= 200 and < 300 } when answer.Changed == changes.Count => new Commit.Done(),
            { Status: 404 or 409 or 412, Code: not (null or TableIsGone or "TableBeingDeleted") } => new Commit.Conflict(answer.MayHaveHappened),
            // Whatever answers there, it has not said that the changes are done.
            { Status: >= 200 and < 300 } => throw sender.Unavailable(operation, $"it answered {answer.Status} to a transaction without saying that it is done; is another server at its address?"),
            _ => throw sender.Unavailable(operation, answer.Words),
        };
    }

    private async Task<(IReadOnlyList<TableEntity> Entities, string? Next)> ReadPageAsync(string from, string before, int most, string? select, string? next)
    {
        const string Operation = "query";
        var filter = $"PartitionKey eq '{partition}' and RowKey ge '{from}' and RowKey lt '{before}'";
        var query = string.Create(CultureInfo.InvariantCulture, $"/{table}()?$top={most}&$filter={Uri.EscapeDataString(filter)}{(select is null ? "" : $"&$select={select}")}{next}");
        var answer = await SendAsync(Operation, () => Get(query));
        if (answer.Status != 200)
        {
            throw sender.Unavailable(Operation, answer.Words);
        }

        var entities = Parse(Operation, answer, json => json.GetProperty("value").EnumerateArray().Select(TableEntity.Read).ToArray());
        return (entities, answer.Header("x-ms-continuation-NextPartitionKey") is { } nextPartition
            ? $"&NextPartitionKey={Uri.EscapeDataString(nextPartition)}&NextRowKey={Uri.EscapeDataString(answer.Header("x-ms-continuation-NextRowKey") ?? "")}"
            : null);
    }

    /// <summary>When somebody has deleted the table, the leads in it are gone; those that come now must not be.</summary>
    private async Task<StorageAnswer> SendAsync(string operation, Func<HttpRequestMessage> make)
    {
        var answer = await sender.SendAsync(operation, make);
        if (answer is { Status: 404, Code: TableIsGone })
        {
            await MakeAsync();
            answer = await sender.SendAsync(operation, make);
        }

        return answer;
    }

    private HttpRequestMessage Get(string path) => new(HttpMethod.Get, sender.Address(path)) { Headers = { { "Accept", "application/json;odata=minimalmetadata" } } };

    private T Parse<T>(string operation, StorageAnswer answer, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            return read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw sender.Unavailable(operation, "its answer can't be read");
        }
    }
}
