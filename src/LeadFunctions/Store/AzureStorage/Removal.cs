using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Takes old runs and refused bodies out of the store. Keys sort by age, so that it needs no index.</summary>
internal sealed class Removal(StoreTable table, RunLists lists)
{
    public async Task<RemovalStep> StepAsync(DateTimeOffset before, LeadId? after, int most)
    {
        var oldest = LeadId.First(before);
        var removed = 0;
        var (from, end) = StoreKeys.Older("lead", after ?? oldest);
        var seen = await lists.EveryLeadAsync(from, end, most).Take(most).ToListAsync();
        LeadId? last = seen.Count > 0 ? StoreKeys.LeadOf(seen[^1].Entities[0].RowKey) : null;
        // Within a shared row the newest state goes last, and is mostly what came last.
        foreach (var (partition, entities) in seen.AsEnumerable().Reverse())
        {
            if (LeadRows.Of(partition, entities) is { IsFinished: true } rows
                && !await IsNeededAsync(rows, before)
                && await RemoveAsync(rows, entities))
            {
                removed++;
            }
        }

        var refused = await RemoveRefusedAsync(oldest, most);
        var more = seen.Count == most || refused == most;
        return new RemovalStep(removed + refused, more ? last ?? after ?? oldest : null);
    }

    /// <summary>The newest one says how long the others are needed, and is needed as long as there are others.</summary>
    private static async Task<bool> IsNeededAsync(LeadRows rows, DateTimeOffset before) =>
        rows.Lead.SharedRow is { } sharedRow
            && await SharedRows.FindNewestAsync(rows.Partition, sharedRow) is (var newest, var others)
            && (newest.AgesFrom >= before || (newest.Id == rows.Lead.Id && others));

    /// <summary>What shows a run comes last, in one transaction; false when somebody changed it meanwhile.</summary>
    private async Task<bool> RemoveAsync(LeadRows rows, IReadOnlyList<TableEntity> entities)
    {
        var id = rows.Lead.Id;
        var (from, before) = StoreKeys.AllSent(id);
        var beside = entities.Where(entity => LeadRows.PartOf(entity.RowKey) > '1').Select(entity => entity.RowKey)
            .Concat(await rows.Partition.QueryAsync(from, before, select: "RowKey").Select(entity => entity.RowKey).ToListAsync());
        foreach (var some in beside.Select(key => new TableChange.Delete(key)).Chunk(StorePartition.MostChanges))
        {
            if (await rows.Partition.CommitAsync("remove", some) is not Commit.Done)
            {
                return false;
            }
        }

        await table.ForgetPlaceAsync(id, rows.Partition);
        return await rows.Partition.CommitAsync("remove", [
            new TableChange.Delete(StoreKeys.Lead(id), rows.ETag),
            .. rows.Deliveries.SelectMany(row => DeliveryChanges.Remove(id, row)),
            .. await rows.RemoveDeduplicationKeyAsync(),
            .. await OfSharedRowAsync(rows)]) is Commit.Done;
    }

    private static async Task<IEnumerable<TableChange>> OfSharedRowAsync(LeadRows rows)
    {
        if (rows.Lead.SharedRow is not { } sharedRow)
        {
            return [];
        }

        var (from, before) = StoreKeys.AllOfRow(sharedRow);
        var leads = await rows.Partition.QueryAsync(from, before, select: "RowKey").Select(entity => entity.RowKey).ToListAsync();
        var own = leads.Where(key => key.EndsWith($".{rows.Lead.Id.Value:N}", StringComparison.Ordinal))
            .Select(key => new TableChange.Delete(key));
        if (leads.Count > 1)
        {
            return own;
        }

        var (firstLock, end) = StoreKeys.AllRowLocks(sharedRow);
        var locks = rows.Partition.QueryAsync(firstLock, end).Select(turn => new TableChange.Delete(turn.RowKey, turn.ETag));
        return [.. own, .. await locks.ToListAsync()];
    }

    private async Task<int> RemoveRefusedAsync(LeadId oldest, int most)
    {
        var (from, before) = StoreKeys.Older("refused", oldest);
        var keys = await table.Refused.QueryAsync(from, before, most, select: "RowKey").Select(entity => entity.RowKey).ToListAsync();
        var removed = 0;
        foreach (var some in keys.Select(key => new TableChange.Delete(key)).Chunk(StorePartition.MostChanges))
        {
            removed += await table.Refused.CommitAsync("remove", some) is Commit.Done ? some.Length : 0;
        }

        return removed;
    }
}
