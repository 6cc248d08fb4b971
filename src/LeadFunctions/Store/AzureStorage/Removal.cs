using LeadFunctions.Leads;
using LeadFunctions.Store.AzureStorage.Rest;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Takes old runs and refused bodies out of the store. Keys sort by age, so that it needs no index.</summary>
internal sealed class Removal(TableClient table, RunLists lists)
{
    public async Task<RemovalStep> StepAsync(DateTimeOffset before, LeadId? after, int most)
    {
        var oldest = LeadId.First(before);
        var removed = 0;
        var (from, end) = StoreKeys.Older("lead", after ?? oldest);
        var seen = await lists.EveryLeadAsync(from, end, most).Take(most).ToListAsync();
        LeadId? last = seen.Count > 0 ? StoreKeys.LeadOf(seen[^1][0].Key) : null;
        // Within a subject the newest state goes last, and is mostly what came last.
        foreach (var entities in seen.AsEnumerable().Reverse())
        {
            if (LeadRows.Of(entities) is { IsFinished: true } rows && !await IsNeededAsync(rows.Lead, before) && await RemoveAsync(rows, entities))
            {
                removed++;
            }
        }

        var refused = await RemoveRefusedAsync(oldest, most);
        var more = seen.Count == most || refused == most;
        return new RemovalStep(removed + refused, more ? last ?? after ?? oldest : null);
    }

    /// <summary>The newest one says how long the others are needed, and is needed as long as there are others.</summary>
    private async Task<bool> IsNeededAsync(Lead lead, DateTimeOffset before) =>
        lead.Subject is { } subject && await Subjects.FindNewestAsync(table, subject) is (var newest, var others) && (newest.AgesFrom >= before || (newest.Id == lead.Id && others));

    /// <summary>What shows a run comes last, in one transaction; false when somebody changed it meanwhile.</summary>
    private async Task<bool> RemoveAsync(LeadRows rows, IReadOnlyList<TableEntity> entities)
    {
        var id = rows.Lead.Id;
        var (from, before) = StoreKeys.AllSent(id);
        var beside = entities.Where(entity => LeadRows.PartOf(entity.Key) > '1').Select(entity => entity.Key)
            .Concat(await table.QueryAsync(from, before, select: "RowKey").Select(entity => entity.Key).ToListAsync());
        foreach (var some in beside.Select(key => new TableChange.Delete(key)).Chunk(BatchText.MostChanges))
        {
            if (await table.CommitAsync("remove", some) is not Commit.Done)
            {
                return false;
            }
        }

        return await table.CommitAsync("remove", [
            new TableChange.Delete(StoreKeys.Lead(id), rows.ETag),
            .. rows.Deliveries.SelectMany(row => DeliveryChanges.Remove(id, row)),
            .. await rows.RemovePrintAsync(table),
            .. await OfSubjectAsync(rows.Lead)]) is Commit.Done;
    }

    private async Task<IEnumerable<TableChange>> OfSubjectAsync(Lead lead)
    {
        if (lead.Subject is not { } subject)
        {
            return [];
        }

        var (from, before) = StoreKeys.AllOfRow(subject);
        var leads = await table.QueryAsync(from, before, select: "RowKey").Select(entity => entity.Key).ToListAsync();
        var own = leads.Where(key => key.EndsWith($".{lead.Id.Value:N}", StringComparison.Ordinal)).Select(key => new TableChange.Delete(key));
        if (leads.Count > 1)
        {
            return own;
        }

        var (firstTurn, end) = StoreKeys.AllTurns(subject);
        return [.. own, .. await table.QueryAsync(firstTurn, end).Select(turn => new TableChange.Delete(turn.Key, turn.ETag!)).ToListAsync()];
    }

    private async Task<int> RemoveRefusedAsync(LeadId oldest, int most)
    {
        var (from, before) = StoreKeys.Older("refused", oldest);
        var keys = await table.QueryAsync(from, before, most, select: "RowKey").Select(entity => entity.Key).ToListAsync();
        var removed = 0;
        foreach (var some in keys.Select(key => new TableChange.Delete(key)).Chunk(BatchText.MostChanges))
        {
            removed += await table.CommitAsync("remove", some) is Commit.Done ? some.Length : 0;
        }

        return removed;
    }
}
