using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// What becomes of a delivery whose program ended before it recorded a result (<see cref="Interruption"/>), and whose turn it is: of all
/// that was interrupted, one delivery at a time is sent, whichever instance sends it.
/// </summary>
internal static class Interruptions
{
    // This entity says whose turn it is, and until when.
    private const string TurnKey = "alone";

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
        var waiting = enough ? LeadChanges.Waiting(rows, row.Destination, DeliveryStatus.DeadLetter, now) : [];
        TableChange[] changes =
        [
            .. DeliveryChanges.Change(id, row, after),
            .. waiting.SelectMany(other => DeliveryChanges.Change(id, other.Before, other.After)),
            RunParts.Attempt(id, row.Destination, after.Attempts, Interruption.Attempt(row.ClaimedAt ?? default)),
        ];
        return (
            await rows.Partition.CommitAsync("interrupt", changes) is not Commit.Conflict conflict
                || (conflict.MayBeOwn && await RunParts.AreMadeAsync(rows.Partition, changes)),
            after);
    }

    /// <summary>False: another interrupted delivery is being sent, here or by another instance.</summary>
    public static async Task<bool> TakeTurnAsync(
        StorePartition notes,
        LeadId id,
        string destination,
        DateTimeOffset now,
        DateTimeOffset until)
    {
        var own = Own(id, destination);
        var known = await notes.FindAsync(TurnKey);
        if (known is not null && known.Time("Until") > now && known.Text("Delivery") != own)
        {
            return false;
        }

        var entity = TableEntity.New(TurnKey).With("Until", until).With("Delivery", own);
        return await notes.CommitAsync(
            "take turn",
            [known is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, known.ETag)]) is Commit.Done
            || (await notes.FindAsync(TurnKey))?.TextOrNull("Delivery") == own;
    }

    /// <summary>The result is recorded, or nothing is sent after all.</summary>
    public static async Task GiveTurnBackAsync(StorePartition notes, LeadId id, string destination)
    {
        try
        {
            if (await notes.FindAsync(TurnKey) is { } known && known.Text("Delivery") == Own(id, destination))
            {
                await notes.CommitAsync("give turn back", [new TableChange.Delete(TurnKey, known.ETag)]);
            }
        }
        catch (StoreUnavailableException)
        {
            // It ends by itself. What was done before must not look as if it had failed.
        }
    }

    private static string Own(LeadId id, string destination) => $"{id} {destination}";
}
