using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Erases a person's data: every lead and every refused body is looked at, because nothing is indexed by a person. A step goes through both
/// in the order of their ids, the newest first.
/// </summary>
internal sealed class Erasures(StoreTable table, RunLists lists, PersonalDataEraser erasing, string by, DateTimeOffset now)
{
    private const int LeadsAtOnce = 32;

    public async Task<Erasure> StepAsync(bool countOnly, LeadId? after, int most)
    {
        var (from, end) = Range("lead", after);
        var leads = await lists.EveryLeadAsync(from, end, most).Take(most).ToListAsync();
        LeadId? next = leads.Count == most ? StoreKeys.LeadOf(leads[^1].Entities[0].RowKey) : null;
        // Of refused bodies no more either, which can be large; both go as far as the one that has more.
        (from, end) = Range("refused", after);
        var bodies = await table.Refused.QueryAsync(from, next is { } lead ? Range("refused", lead).From : end, most, page: 100)
            .ToListAsync();
        next = bodies.Count == most ? StoreKeys.LeadOf(bodies[^1].RowKey) : next;

        var concerned = leads
            .Where(found => next is not { } last || string.CompareOrdinal(found.Entities[0].RowKey, Range("lead", last).From) < 0)
            .Select(found => LeadRows.Of(found.Partition, found.Entities))
            .Where(rows => rows is not null && erasing.Concerns(rows.Lead.Content))
            .ToArray();
        var refused = bodies.Where(body => erasing.Concerns(RefusedRows.Read(body))).ToArray();
        return countOnly
            ? new Erasure(concerned.Length, refused.Length) { Next = next }
            : new Erasure(
                await AllAsync(concerned, rows => EraseLeadAsync(rows!.Partition, rows.Lead.Id)),
                await AllAsync(refused, body => EraseRefusedAsync(body.RowKey)))
            { Next = next };

        static (string From, string Before) Range(string kind, LeadId? after) => after is { } id
            ? StoreKeys.Older(kind, id)
            : ($"{kind}.", $"{kind}/");
    }

    /// <summary>How many there were of them.</summary>
    private static async Task<int> AllAsync<T>(IReadOnlyCollection<T> all, Func<T, Task<bool>> erase)
    {
        var erased = 0;
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = LeadsAtOnce }, async (one, _) =>
        {
            if (await erase(one))
            {
                Interlocked.Increment(ref erased);
            }
        });
        return erased;
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

            var sent = await partition.QueryAsync(firstSent, end, select: "RowKey")
                .Select(entity => new TableChange.Delete(entity.RowKey))
                .ToListAsync();
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

            if (erased && await partition.CommitAsync("erase", [.. Lead(rows), .. await rows.RemoveDeduplicationKeyAsync()]) is Commit.Done)
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
        // The deduplication key would tell whether somebody sent exactly these words.
        yield return new TableChange.Replace(
            LeadRows.Entity(erasing.Without(lead), deduplicationKey: "").With("Erased", own || rows.IsErased),
            rows.ETag);
        foreach (var change in rows.Deliveries.SelectMany(row => DeliveryChanges.Change(lead.Id, row, Delivery(row, own))))
        {
            yield return change;
        }

        yield return RunParts.Audit(
            lead.Id,
            new AuditEntry(now, by, AuditEntry.Erased, Note: own ? null : "It only mentioned the address."));
    }

    private static DeliveryRow Delivery(DeliveryRow row, bool own)
    {
        var erased = row with { State = PersonalDataEraser.Without(row.State), ErasedClaimNumber = row.ClaimNumber };
        // The new claim number keeps out what an attempt under way may still report.
        return own && row.State.Status != DeliveryStatus.Delivered
            ? erased with
            {
                State = erased.State with { Status = DeliveryStatus.Discarded, DueAt = null },
                ClaimNumber = row.ClaimNumber + 1,
            }
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

            var erased = RefusedRows.Read(entity) with
            {
                Body = ReadOnlyMemory<byte>.Empty,
                Violations = [new Violation("", $"{PersonalDataEraser.Mark} on {now.UtcDateTime:u} by {by}")],
            };
            if (await table.Refused.CommitAsync("erase", [new TableChange.Replace(RefusedRows.Entity(erased), entity.ETag)]) is Commit.Done)
            {
                return true;
            }
        }

        throw new StoreUnavailableException("A refused body changed all the time while it was to be erased.");
    }
}
