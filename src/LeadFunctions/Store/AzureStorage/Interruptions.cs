using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>What becomes of a delivery whose worker was gone before it recorded anything (<see cref="Interruption"/>).</summary>
internal static class Interruptions
{
    /// <summary>Where the delivery stands now; not committed: somebody else changed it meanwhile.</summary>
    public static async Task<(bool Committed, DeliveryRow After)> NoteAsync(LeadRows rows, DeliveryRow row, DateTimeOffset now)
    {
        var id = rows.Lead.Id;
        var inARow = row.Interruptions + 1;
        var others = rows.Deliveries.Where(other => other.Destination != row.Destination).Select(other => other.Interruptions);
        var enough = Interruption.IsEnough(inARow, others.DefaultIfEmpty().Max());
        var after = row with
        {
            State = enough
                ? row.State with { Status = DeliveryStatus.DeadLetter, DueAt = null, LastError = Interruption.Reason(inARow) }
                : row.State with { Status = DeliveryStatus.Pending, DueAt = now + Interruption.Wait(inARow) },
            Attempts = row.Attempts + 1,
            Interruptions = inARow,
        };
        var following = enough ? Following.Of(rows, row.Destination, DeliveryStatus.DeadLetter, now) : [];
        TableChange[] changes =
        [
            .. DeliveryChanges.Change(id, row, after),
            .. following.SelectMany(follower => DeliveryChanges.Change(id, follower.Before, follower.After)),
            RunParts.Attempt(id, row.Destination, after.Attempts, Interruption.Attempt(row.ClaimedAt ?? default)),
        ];
        return (
            await rows.Partition.CommitAsync("interrupt", changes) is not Commit.Conflict conflict
                || (conflict.MayBeOwn && await RunParts.AreMadeAsync(rows.Partition, changes)),
            after);
    }
}
