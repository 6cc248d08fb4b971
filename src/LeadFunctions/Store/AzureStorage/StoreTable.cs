using Azure;
using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// The table with its partitions: sixteen of leads, one for each last hexadecimal digit of an id, and one each for refused bodies, for
/// counts of mails and for notes. Throws <see cref="StoreUnavailableException"/>; a conflict is a value.
/// </summary>
internal sealed class StoreTable : IDisposable
{
    private const string TableIsGone = "TableNotFound";

    private readonly TableClient _client;

    public StoreTable(StorageAccount account, string name)
    {
        Calls = new StorageCalls(account.Name, account.MostForOne, account.MostForAll);
        _client = account.Table(name, Calls.Options(new TableClientOptions()));
        Leads = [.. Enumerable.Range(0, LeadId.Partitions).Select(number => new StorePartition(this, $"{number:x}"))];
        Refused = new StorePartition(this, "refused");
        Mails = new StorePartition(this, "mails");
        Notes = new StorePartition(this, "notes");
    }

    public StorageCalls Calls { get; }

    /// <summary>By their number, which an id carries: <see cref="LeadId.Partition"/>.</summary>
    public IReadOnlyList<StorePartition> Leads { get; }

    public StorePartition Refused { get; }

    public StorePartition Mails { get; }

    public StorePartition Notes { get; }

    /// <summary>Makes the table when there is none.</summary>
    public Task MakeAsync() => Calls.RunAsync("create table", async (_, stop) =>
    {
        try
        {
            return await _client.CreateAsync(stop) is not null;
        }
        catch (RequestFailedException exception) when (exception is { Status: 409, ErrorCode: "TableAlreadyExists" })
        {
            return true;
        }
    });

    /// <summary>The entities of a range of keys in all partitions of leads, in the order of their keys, each with its partition.</summary>
    /// <param name="page">How many are read at first, all partitions together; who asks for more gets ever larger pages.</param>
    public async IAsyncEnumerable<(StorePartition Partition, TableEntity Entity)> QueryLeadsAsync(
        string from,
        string before,
        string? select = null,
        int page = StorePartition.MostInOnePage)
    {
        // A partition has more than its share now and then.
        var each = (page / Leads.Count) + (page / (2 * Leads.Count)) + 1;
        var ranges = Leads
            .Select(partition => (
                Partition: partition,
                Entities: partition.QueryAsync(from, before, select: select, page: each).GetAsyncEnumerator()))
            .ToArray();
        try
        {
            var there = await Task.WhenAll(ranges.Select(async range => await range.Entities.MoveNextAsync()));
            var heads = new PriorityQueue<int, string>(StringComparer.Ordinal);
            heads.EnqueueRange(Enumerable.Range(0, ranges.Length)
                .Where(number => there[number])
                .Select(number => (number, ranges[number].Entities.Current.RowKey)));
            while (heads.TryDequeue(out var number, out _))
            {
                var (partition, entities) = ranges[number];
                yield return (partition, entities.Current);
                if (await entities.MoveNextAsync())
                {
                    heads.Enqueue(number, entities.Current.RowKey);
                }
            }
        }
        finally
        {
            foreach (var (_, entities) in ranges)
            {
                await entities.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// What is read of a lead by its id: in the partition that the id names, or where that says that it is; null when there is no such
    /// lead.
    /// </summary>
    public async Task<T?> FindLeadAsync<T>(LeadId id, Func<StorePartition, Task<T?>> read)
        where T : class
    {
        var named = Leads[id.Partition];
        return await read(named)
            ?? (await named.FindAsync(StoreKeys.Elsewhere(id)) is { } elsewhere
                ? await read(Leads[(int)elsewhere.Number("Partition")])
                : null);
    }

    /// <summary>
    /// Before a lead is kept elsewhere than its id says, notes where: it was a refused body, or comes from a store that made its id without
    /// a partition.
    /// </summary>
    public async Task PointToAsync(LeadId id, StorePartition partition)
    {
        if (Leads[id.Partition] is var named && named != partition)
        {
            await named.CommitAsync(
                "note place",
                [new TableChange.Put(TableEntity.New(StoreKeys.Elsewhere(id)).With("Partition", Convert.ToInt64(partition.Name, 16)))]);
        }
    }

    /// <summary>Takes back what <see cref="PointToAsync"/> noted: there is no lead, or it is about to be removed.</summary>
    public async Task ForgetPlaceAsync(LeadId id, StorePartition partition)
    {
        if (Leads[id.Partition] is var named && named != partition)
        {
            await named.CommitAsync("remove", [new TableChange.Delete(StoreKeys.Elsewhere(id))]);
        }
    }

    /// <summary>When somebody has deleted the table, the leads in it are gone; those that come now must not be.</summary>
    public async Task<T> SendAsync<T>(string operation, Func<TableClient, StorageCall, CancellationToken, Task<T>> send)
    {
        for (var madeAgain = false; ; madeAgain = true)
        {
            var gone = false;
            var answer = await Calls.RunAsync(operation, async (call, stop) =>
            {
                try
                {
                    return await send(_client, call, stop);
                }
                catch (RequestFailedException exception) when (exception is { Status: 404, ErrorCode: TableIsGone } && !madeAgain)
                {
                    gone = true;
                    return default!;
                }
            });
            if (!gone)
            {
                return answer;
            }

            await MakeAsync();
        }
    }

    public void Dispose() => Calls.Dispose();

    /// <summary>
    /// The service's own word that there is no such entity, or that it isn't as a change expects; a proxy's page has no code.
    /// </summary>
    public static bool IsAboutTheEntity(RequestFailedException exception) =>
        exception.ErrorCode is not (null or "" or TableIsGone or "TableBeingDeleted");
}

/// <summary>One partition of the table: reads a range of keys, and changes entities in transactions. Keys sort ordinally.</summary>
internal sealed class StorePartition(StoreTable table, string name)
{
    public const int MostInOnePage = 1_000;

    /// <summary>More in one transaction the service refuses.</summary>
    public const int MostChanges = 100;

    // Who reads on and on wants more than it seemed.
    private const int PageGrowth = 4;

    public string Name => name;

    /// <summary>The entity of a key; null when there is none.</summary>
    public Task<TableEntity?> FindAsync(string key) => table.SendAsync("get", async (client, _, stop) =>
    {
        try
        {
            return (await client.GetEntityAsync<TableEntity>(name, key, cancellationToken: stop)).Value;
        }
        catch (RequestFailedException exception) when (exception.Status == 404 && StoreTable.IsAboutTheEntity(exception))
        {
            return null;
        }
    });

    /// <summary>The entities from a key on, before another, in the order of their keys; read as they are asked for, page by page.</summary>
    /// <param name="most">How many are wanted at most.</param>
    /// <param name="select">The only properties that are wanted, divided by commas, the key among them; null: all.</param>
    /// <param name="page">How many are read at first.</param>
    public async IAsyncEnumerable<TableEntity> QueryAsync(
        string from,
        string before,
        int most = int.MaxValue,
        string? select = null,
        int page = MostInOnePage)
    {
        var filter = $"PartitionKey eq '{name}' and RowKey ge '{from}' and RowKey lt '{before}'";
        var properties = select?.Split(',');
        string? next = null;
        for (var pages = 1; ; pages++)
        {
            var size = Math.Min(most, Math.Min(page, MostInOnePage));
            (var entities, next) = await table.SendAsync("query", async (client, _, stop) =>
            {
                await foreach (var some in client.QueryAsync<TableEntity>(filter, size, properties, stop).AsPages(next))
                {
                    // A page without entities is not the end: that is one without a token.
                    return (some.Values, some.ContinuationToken);
                }

                return ([], null);
            });
            foreach (var entity in entities)
            {
                yield return entity;
            }

            most -= entities.Count;
            if (next is null || most <= 0)
            {
                break;
            }

            // A second page as large as the first is often enough: which partition has more of the newest than its share is chance.
            page = pages == 1 ? page : Math.Min(page, MostInOnePage) * PageGrowth;
        }
    }

    /// <summary>All of the changes, or none.</summary>
    public Task<Commit> CommitAsync(string operation, IReadOnlyList<TableChange> changes) =>
        table.SendAsync<Commit>(operation, async (client, call, stop) =>
    {
        try
        {
            var answer = await client.SubmitTransactionAsync(changes.Select(change => change.For(name)), stop);
            // Whatever answers there, it must have said that each change is done.
            return answer.Value.Count == changes.Count && answer.Value.All(done => done.Status is >= 200 and < 300)
                ? new Commit.Done()
                : throw table.Calls.Unavailable(
                    operation,
                    "it answered a transaction without saying that it is done; is another server at its address?");
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 409 or 412 && StoreTable.IsAboutTheEntity(exception))
        {
            return new Commit.Conflict(call.MayHaveHappened);
        }
    });
}
