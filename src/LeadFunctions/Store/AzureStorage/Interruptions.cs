using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// What becomes of a delivery whose worker was gone before it recorded anything (<see cref="Interruption"/>), and whose turn it is: of all
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

    /// <summary>The result is recorded.</summary>
    public static async Task GiveTurnBackAsync(StorePartition notes, LeadId id, string destination)
    {
        if (await notes.FindAsync(TurnKey) is { } known && known.Text("Delivery") == Own(id, destination))
        {
            await notes.CommitAsync("give turn back", [new TableChange.Delete(TurnKey, known.ETag)]);
        }
    }

    private static string Own(LeadId id, string destination) => $"{id} {destination}";
}

/// <summary>
/// Lets what was interrupted (<see cref="Interruption"/>) be sent with nothing else under way in this program: if it ends the program
/// again, it hits nothing beside itself. Others wait for it, but not for longer than a moment when something hangs.
/// </summary>
internal sealed class OneAtATime
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Lead, string Destination), DateTimeOffset> _underWay = [];
    private ((long Lead, string Destination) Delivery, DateTimeOffset Until)? _alone;
    private DateTimeOffset? _wantedSince;

    /// <summary>False: it has to wait for a moment.</summary>
    public bool TryBegin(long lead, string destination, bool interrupted, DateTimeOffset now, DateTimeOffset leaseEnd)
    {
        lock (_lock)
        {
            Forget(now);
            if (_alone is not null)
            {
                return false;
            }

            var waited = _wantedSince is { } since && now - since >= Interruption.AloneAfterStart;
            if (!interrupted)
            {
                if (_wantedSince is not null && !waited)
                {
                    return false;
                }

                _underWay[(lead, destination)] = leaseEnd;
                return true;
            }

            if (_underWay.Count > 0 && !waited)
            {
                _wantedSince ??= now;
                return false;
            }

            _wantedSince = null;
            _alone = ((lead, destination), leaseEnd);
            return true;
        }
    }

    /// <summary>It was recorded, or not begun after all.</summary>
    public void End(long lead, string destination)
    {
        lock (_lock)
        {
            _underWay.Remove((lead, destination));
            _alone = _alone is { } alone && alone.Delivery == (lead, destination) ? null : _alone;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var delivery in _underWay.Where(delivery => delivery.Value <= now).Select(delivery => delivery.Key).ToArray())
        {
            _underWay.Remove(delivery);
        }

        _alone = _alone is { } alone && alone.Until <= now ? null : _alone;
        // Somebody else has taken what this program waited to send.
        _wantedSince = _wantedSince is { } since && now - since >= 2 * Interruption.AloneAfterStart ? null : _wantedSince;
    }
}
