using System.Text.Json;
using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>The bodies that were not accepted.</summary>
internal static class RefusedRows
{
    public static TableEntity Entity(RefusedBody refused) => TableEntity.New(StoreKeys.Refused(refused.Id))
        .With("Source", refused.Source)
        .With("Event", refused.Event)
        .With("ReceivedAt", refused.ReceivedAt)
        .With("HttpStatus", refused.HttpStatus)
        .With("Violations", JsonSerializer.Serialize(refused.Violations, StoreJson.Default.IReadOnlyListViolation))
        .With("Body", refused.Body)
        .With("ReplayedAt", refused.ReplayedAt)
        .With("ReplayedBy", refused.ReplayedBy)
        .With("Repeats", refused.Repeats?.ToString());

    public static RefusedBody Read(TableEntity entity)
    {
        try
        {
            return new RefusedBody(
                StoreKeys.LeadOf(entity.RowKey),
                entity.Text("Source"),
                entity.TextOrNull("Event"),
                entity.Time("ReceivedAt"),
                (int)entity.Number("HttpStatus"),
                JsonSerializer.Deserialize(entity.Text("Violations"), StoreJson.Default.IReadOnlyListViolation) ?? [],
                entity.Bytes("Body"))
            {
                ReplayedAt = entity.TimeOrNull("ReplayedAt"),
                ReplayedBy = entity.TextOrNull("ReplayedBy"),
                Repeats = entity.TextOrNull("Repeats") is { } lead ? LeadId.Parse(lead) : null,
            };
        }
        catch (JsonException exception)
        {
            throw new StoreUnavailableException(
                $"The store holds something that can't be read: Violations of the entity {entity.RowKey}.",
                exception);
        }
    }

    /// <summary>Newest first. Of the filter counts what a body that is no lead has: its source, its time and its text.</summary>
    public static async Task<Page<RefusedBody>> ListAsync(
        StorePartition refused,
        RunFilter filter,
        LeadId? before,
        int take,
        CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var (first, end) = StoreKeys.Newest("refused", IdRange.Of(filter, before));
        var found = refused.QueryAsync(first, end, page: take + 1).Select(Read).Where(Matches);
        return await PageInMaking.OfRefused(take).FillAsync(found, stop);

        bool Matches(RefusedBody body)
        {
            stop.ThrowIfCancellationRequested();
            return (filter.Source is null || body.Source == filter.Source)
                && (filter.Text is null || body.Text.Contains(filter.Text, StringComparison.OrdinalIgnoreCase));
        }
    }
}
