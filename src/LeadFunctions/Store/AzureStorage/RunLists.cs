using LeadFunctions.Leads;
using LeadFunctions.Store.AzureStorage.Rest;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Reads runs: one, or those that match a filter, newest first. A list of dead letters or of what is in progress begins with their indexes;
/// every other reads run after run until it has found enough.
/// </summary>
internal sealed class RunLists(TableClient table)
{
    private const int LeadsAtOnce = 8;

    public async Task<Run?> FindAsync(LeadId id)
    {
        var (from, before) = StoreKeys.AllSent(id);
        var sent = await table.QueryAsync(from, before).ToDictionaryAsync(entity => entity.Text("Destination"), entity => entity.Text("Request"), StringComparer.Ordinal);
        return await ReadAsync(id) is { } run
            ? run with { Deliveries = [.. run.Deliveries.Select(delivery => delivery with { Request = sent.GetValueOrDefault(delivery.Destination) })] }
            : null;
    }

    public async Task<Page<Run>> ListAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var ids = IdRange.Of(filter, before);
        var candidates = filter.State switch
        {
            RunState.DeadLetter => ReadAllAsync(DeadAsync(ids)),
            RunState.InProgress => ReadAllAsync(InProgressAsync(ids, filter.Destination)),
            _ => EveryRunAsync(ids, take),
        };
        // One more than asked for tells whether there is a next page.
        var runs = await candidates.Where(Matches).Take(take + 1).ToListAsync(stop);
        return runs.Count > take ? new Page<Run>(runs[..take], runs[take - 1].Lead.Id) : new Page<Run>(runs, null);

        bool Matches(Run run)
        {
            stop.ThrowIfCancellationRequested();
            return RunMatch.Is(run, filter);
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<TableEntity>> EveryLeadAsync(string from, string before, int leads)
    {
        var entities = new List<TableEntity>();
        // Most leads have about six entities.
        await foreach (var entity in table.QueryAsync(from, before, page: Math.Clamp(leads * 6, 30, 1_000)))
        {
            if (entities.Count > 0 && StoreKeys.LeadOf(entities[0].Key) != StoreKeys.LeadOf(entity.Key))
            {
                yield return entities;
                entities = [];
            }

            entities.Add(entity);
        }

        if (entities.Count > 0)
        {
            yield return entities;
        }
    }

    /// <summary>The leads with dead letters, the newest first.</summary>
    public IAsyncEnumerable<LeadId> DeadAsync(IdRange ids)
    {
        var (from, before) = StoreKeys.Newest("dead", ids);
        return table.QueryAsync(from, before, select: "RowKey").Select(entity => StoreKeys.LeadOf(entity.Key)).Distinct();
    }

    private async Task<Run?> ReadAsync(LeadId id)
    {
        var (from, before) = StoreKeys.Run(id);
        return RunParts.Run(await table.QueryAsync(from, before).ToListAsync());
    }

    private async IAsyncEnumerable<Run> EveryRunAsync(IdRange ids, int take)
    {
        var (from, before) = StoreKeys.Newest("lead", ids);
        await foreach (var entities in EveryLeadAsync(from, before, take + 1))
        {
            if (RunParts.Run(entities) is { } run)
            {
                yield return run;
            }
        }
    }

    private async IAsyncEnumerable<Run> ReadAllAsync(IAsyncEnumerable<LeadId> leads)
    {
        await foreach (var some in leads.Chunk(LeadsAtOnce))
        {
            foreach (var run in (await Task.WhenAll(some.Select(ReadAsync))).OfType<Run>())
            {
                yield return run;
            }
        }
    }

    private async IAsyncEnumerable<LeadId> InProgressAsync(IdRange ids, string? destination)
    {
        // By destination and time in the index, so all of them are read, which are no more than what waits.
        var leads = await table.QueryAsync(StoreKeys.AllDue, "due/", select: "RowKey")
            .Select(entity => StoreKeys.ReadDue(entity.Key))
            .Where(due => destination is null || due.Destination == destination)
            .Select(due => due.Lead.ToString())
            .Distinct()
            .ToListAsync();
        foreach (var lead in leads.Where(lead => string.CompareOrdinal(lead, ids.From) >= 0 && string.CompareOrdinal(lead, ids.Before) < 0).OrderDescending(StringComparer.Ordinal))
        {
            yield return LeadId.Parse(lead);
        }
    }
}
