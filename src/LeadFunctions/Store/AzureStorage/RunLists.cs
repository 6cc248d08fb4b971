using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Reads runs: one, or those that match a filter, newest first. A list of dead letters or of what is in progress begins with their indexes;
/// every other reads run after run until it has found enough.
/// </summary>
internal sealed class RunLists(StoreTable table)
{
    private const int LeadsAtOnce = 8;

    // Most leads have about six.
    private const int EntitiesOfALead = 6;

    private const int MostEntities = LeadId.Partitions * StorePartition.MostInOnePage / 2;

    public Task<Run?> FindAsync(LeadId id) => table.FindLeadAsync(id, async partition =>
    {
        var (from, before) = StoreKeys.AllSent(id);
        if (await ReadAsync(partition, id) is not { } run)
        {
            return null;
        }

        var sent = await partition.QueryAsync(from, before)
            .ToDictionaryAsync(entity => entity.Text("Destination"), entity => entity.Text("Request"), StringComparer.Ordinal);
        var deliveries = run.Deliveries.Select(delivery => delivery with { Request = sent.GetValueOrDefault(delivery.Destination) });
        return run with { Deliveries = [.. deliveries] };
    });

    public async Task<Page<Run>> ListAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var ids = IdRange.Of(filter, before);
        var candidates = filter.State switch
        {
            RunState.DeadLetter => ReadAllAsync(DeadAsync(ids, take + 1)),
            RunState.InProgress => ReadAllAsync(InProgressAsync(ids, filter.Destination)),
            _ => EveryRunAsync(ids, take),
        };
        return await PageInMaking.OfRuns(take).FillAsync(candidates.Where(Matches), stop);

        bool Matches(Run run)
        {
            stop.ThrowIfCancellationRequested();
            return RunMatch.Is(run, filter);
        }
    }

    /// <summary>The entities of each lead in a range of keys, in the order of their keys.</summary>
    /// <param name="leads">About how many are wanted.</param>
    public IAsyncEnumerable<(StorePartition Partition, IReadOnlyList<TableEntity> Entities)> EveryLeadAsync(
        string from,
        string before,
        int leads) =>
        ByLeadAsync(table.QueryLeadsAsync(from, before, page: Math.Clamp(leads * EntitiesOfALead, 30, MostEntities)));

    /// <summary>Entities that come in the order of their keys, those of each lead together.</summary>
    public static async IAsyncEnumerable<(StorePartition Partition, IReadOnlyList<TableEntity> Entities)> ByLeadAsync(
        IAsyncEnumerable<(StorePartition Partition, TableEntity Entity)> all)
    {
        StorePartition? current = null;
        var entities = new List<TableEntity>();
        await foreach (var (partition, entity) in all)
        {
            if (entities.Count > 0 && StoreKeys.LeadOf(entities[0].RowKey) != StoreKeys.LeadOf(entity.RowKey))
            {
                yield return (current!, entities);
                entities = [];
            }

            current = partition;
            entities.Add(entity);
        }

        if (entities.Count > 0)
        {
            yield return (current!, entities);
        }
    }

    /// <summary>The leads with dead letters, the newest first.</summary>
    public IAsyncEnumerable<(StorePartition Partition, LeadId Lead)> DeadAsync(IdRange ids, int leads)
    {
        var (from, before) = StoreKeys.Newest("dead", ids);
        return table.QueryLeadsAsync(from, before, select: "RowKey", page: leads)
            .Select(found => (found.Partition, StoreKeys.LeadOf(found.Entity.RowKey)))
            .Distinct();
    }

    private static async Task<Run?> ReadAsync(StorePartition partition, LeadId id)
    {
        var (from, before) = StoreKeys.Run(id);
        return RunParts.Run(partition, await partition.QueryAsync(from, before).ToListAsync());
    }

    private async IAsyncEnumerable<Run> EveryRunAsync(IdRange ids, int take)
    {
        var (from, before) = StoreKeys.Newest("lead", ids);
        await foreach (var (partition, entities) in EveryLeadAsync(from, before, take + 1))
        {
            if (RunParts.Run(partition, entities) is { } run)
            {
                yield return run;
            }
        }
    }

    private static async IAsyncEnumerable<Run> ReadAllAsync(IAsyncEnumerable<(StorePartition Partition, LeadId Lead)> leads)
    {
        await foreach (var some in leads.Chunk(LeadsAtOnce))
        {
            foreach (var run in (await Task.WhenAll(some.Select(lead => ReadAsync(lead.Partition, lead.Lead)))).OfType<Run>())
            {
                yield return run;
            }
        }
    }

    private async IAsyncEnumerable<(StorePartition Partition, LeadId Lead)> InProgressAsync(IdRange ids, string? destination)
    {
        // By destination and time in the index, so all of them are read, which are no more than what waits.
        var leads = await table.QueryLeadsAsync(StoreKeys.AllDue, "due/", select: "RowKey")
            .Select(found => (found.Partition, Due: StoreKeys.ReadDue(found.Entity.RowKey)))
            .Where(found => destination is null || found.Due.Destination == destination)
            .Select(found => (found.Partition, found.Due.Lead, Text: found.Due.Lead.ToString()))
            .Distinct()
            .ToListAsync();
        foreach (var (partition, lead, _) in leads
            .Where(lead => string.CompareOrdinal(lead.Text, ids.From) >= 0 && string.CompareOrdinal(lead.Text, ids.Before) < 0)
            .OrderByDescending(lead => lead.Text, StringComparer.Ordinal))
        {
            yield return (partition, lead);
        }
    }
}
