using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Erases a person's data: every lead and every refused body is looked at, because nothing is indexed by a person.</summary>
internal sealed class Erasures(StoreTable table, Erasing erasing, string by, DateTimeOffset now)
{
    public async Task<Erasure> RunAsync(bool countOnly)
    {
        // All partitions at once, so that a caller who waits need not wait long.
        var parts = await Task.WhenAll(table.Leads.Select(partition => EraseLeadsAsync(partition, countOnly)).Append(EraseRefusedAsync(countOnly)));
        return parts.Aggregate(default(Erasure), (total, part) => total + part);
    }

    private async Task<Erasure> EraseLeadsAsync(StorePartition partition, bool countOnly)
    {
        var total = default(Erasure);
        await foreach (var (_, entities) in RunLists.ByLeadAsync(partition.QueryAsync("lead.", "lead/").Select(entity => (partition, entity))))
        {
            if (LeadRows.Of(partition, entities) is { } rows && erasing.Concerns(rows.Lead.Content) && (countOnly || await EraseLeadAsync(partition, rows.Lead.Id)))
            {
                total += new Erasure(1, 0);
            }
        }

        return total;
    }

    private async Task<Erasure> EraseRefusedAsync(bool countOnly)
    {
        var total = default(Erasure);
        await foreach (var entity in table.Refused.QueryAsync("refused.", "refused/", page: 100))
        {
            if (erasing.Concerns(RefusedRows.Read(entity)) && (countOnly || await EraseRefusedAsync(entity.RowKey)))
            {
                total += new Erasure(0, 1);
            }
        }

        return total;
    }

    /// <summary>False when it is gone meanwhile. The lead itself comes last: until then another run finds it again.</summary>
    private async Task<bool> EraseLeadAsync(StorePartition partition, LeadId id)
    {
        var (from, before) = StoreKeys.Run(id);
        var (firstSent, end) = StoreKeys.AllSent(id);
        for (var tried = 0; tried < AzureLeadStore.MostTries; tried++)
        {
            var entities = await partition.QueryAsync(from, before).ToListAsync();
            if (LeadRows.Of(partition, entities) is not { } rows || !erasing.Concerns(rows.Lead.Content))
            {
                return false;
            }

            var sent = await partition.QueryAsync(firstSent, end, select: "RowKey").Select(entity => new TableChange.Delete(entity.RowKey)).ToListAsync();
            // A hash would still tell whether a mail went to an address.
            var mails = await MailCounts.OfLeadAsync(table.Mails, id);
            var erased = true;
            foreach (var some in RunParts.Erase(entities).Concat(sent).Chunk(StorePartition.MostChanges))
            {
                erased &= await partition.CommitAsync("erase", some) is Commit.Done;
            }

            foreach (var some in mails.Chunk(StorePartition.MostChanges))
            {
                erased &= await table.Mails.CommitAsync("erase", some) is Commit.Done;
            }

            if (erased && await partition.CommitAsync("erase", [.. Lead(rows), .. await rows.RemovePrintAsync()]) is Commit.Done)
            {
                return true;
            }
        }

        throw new StoreUnavailableException("A lead changed all the time while it was to be erased.");
    }

    private IEnumerable<TableChange> Lead(LeadRows rows)
    {
        var lead = rows.Lead;
        var own = erasing.IsOf(lead.Content);
        // The fingerprint would tell whether somebody sent exactly these words.
        yield return new TableChange.Replace(LeadRows.Entity(erasing.Without(lead), print: "").With("Erased", own || rows.IsErased), rows.ETag);
        foreach (var change in rows.Deliveries.SelectMany(row => DeliveryChanges.Change(lead.Id, row, Delivery(row, own))))
        {
            yield return change;
        }

        yield return RunParts.Act(lead.Id, new RunAct(now, by, RunAct.Erased, Note: own ? null : "It only mentioned the address."));
    }

    private static DeliveryRow Delivery(DeliveryRow row, bool own)
    {
        var erased = row with { State = Erasing.Without(row.State), ErasedLease = row.Lease };
        // The new lease keeps out what a worker may still report.
        return own && row.State.Status != DeliveryStatus.Delivered
            ? erased with { State = erased.State with { Status = DeliveryStatus.Discarded, DueAt = null }, Lease = row.Lease + 1 }
            : erased;
    }

    private async Task<bool> EraseRefusedAsync(string key)
    {
        for (var tried = 0; tried < AzureLeadStore.MostTries; tried++)
        {
            if (await table.Refused.FindAsync(key) is not { } entity)
            {
                return false;
            }

            var erased = RefusedRows.Read(entity) with { Body = ReadOnlyMemory<byte>.Empty, Violations = [new Violation("", $"{Erasing.Mark} on {now.UtcDateTime:u} by {by}")] };
            if (await table.Refused.CommitAsync("erase", [new TableChange.Replace(RefusedRows.Entity(erased), entity.ETag)]) is Commit.Done)
            {
                return true;
            }
        }

        throw new StoreUnavailableException("A refused body changed all the time while it was to be erased.");
    }
}
