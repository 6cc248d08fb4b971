using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Keeps a lead: it, its deliveries, their places in the index of what is due and its deduplication key are one transaction, or the lead
/// repeats an earlier one.
/// </summary>
internal static class Acceptances
{
    public static async Task<Acceptance> AcceptAsync(
        StoreTable table,
        Lead lead,
        byte[] deduplicationKey,
        DateTimeOffset? repeatsSince,
        IReadOnlyList<PlannedDelivery> deliveries)
    {
        var partition = table.Leads[LeadId.PartitionFor(lead.SharedRow, deduplicationKey)];
        var digits = Convert.ToHexStringLower(deduplicationKey);
        var changes = Added(lead, digits, deliveries, lead.ReceivedAt).ToArray();
        await table.PointToAsync(lead.Id, partition);
        var entity = TableEntity.New(StoreKeys.DeduplicationKey(digits)).With("Lead", lead.Id.ToString()).With("At", lead.ReceivedAt);
        TableChange[] ofKey = repeatsSince is null ? [] : [new TableChange.Insert(entity)];
        for (var tried = 0; tried < AzureLeadStore.MostTries; tried++)
        {
            if (await partition.CommitAsync("accept", [.. changes, .. ofKey]) is not Commit.Conflict conflict
                || (conflict.MayBeOwn && await partition.FindAsync(StoreKeys.Lead(lead.Id)) is not null))
            {
                return new Acceptance(lead.Id, IsRepeat: false);
            }

            if (repeatsSince is { } since)
            {
                var known = await partition.FindAsync(entity.RowKey);
                if (known is not null
                    && known.Time("At") > since
                    && LeadId.Parse(known.Text("Lead")) is var earlier
                    && await RepeatAsync(partition, earlier, lead.ReceivedAt))
                {
                    await table.ForgetPlaceAsync(lead.Id, partition);
                    return new Acceptance(earlier, IsRepeat: true);
                }

                ofKey = [known is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, known.ETag)];
            }
        }

        throw AzureLeadStore.TooMuch("accept");
    }

    /// <summary>What a lead adds, but for its deduplication key.</summary>
    public static IEnumerable<TableChange> Added(Lead lead, string digits, IReadOnlyList<PlannedDelivery> deliveries, DateTimeOffset due) =>
    [
        new TableChange.Insert(LeadRows.Entity(lead, digits)),
        .. deliveries.SelectMany(delivery => DeliveryChanges.Add(lead.Id, DeliveryRow.Planned(delivery, due))),
        .. lead.SharedRow is null ? Enumerable.Empty<TableChange>() : [SharedRows.Add(lead)],
    ];

    /// <summary>Notes that a lead was posted again; false when it has been removed meanwhile.</summary>
    private static async Task<bool> RepeatAsync(StorePartition partition, LeadId earlier, DateTimeOffset at)
    {
        var committed = await partition.CommitAsync(
            "repeat",
            [.. RunParts.Repeated(earlier, at, StoreKeys.Repeat(earlier, at, Guid.NewGuid()))]);
        return committed is Commit.Done
            || (committed is Commit.Conflict { MayBeOwn: true } && await partition.FindAsync(StoreKeys.Lead(earlier)) is not null);
    }
}
