using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Takes what is due. Each delivery is taken by a transaction of its own that replaces its row in the version that was read and moves it in
/// the index of what is due, so that of several instances one gets it; the others go on to the next.
/// </summary>
/// <param name="crowded">The last claim met others: not all begin with the first that is due, but each somewhere among the first.</param>
internal sealed class Claims(StoreTable table, string destination, IReadOnlyCollection<long> heldKeys, DateTimeOffset now, DateTimeOffset leaseEnd, bool crowded)
{
    private const int SpreadOver = 4;

    private readonly List<LeadDelivery> _taken = [];
    private DateTimeOffset? _next;

    /// <summary>Another instance was faster somewhere.</summary>
    public bool MetOthers { get; private set; }

    /// <summary>The store's key of a lead, for the program alone: half of its id laid over the other.</summary>
    public static long KeyOf(LeadId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes);
        return BitConverter.ToInt64(bytes) ^ BitConverter.ToInt64(bytes[8..]);
    }

    public async Task<Claim> TakeAsync(int most)
    {
        var (from, before) = StoreKeys.DueAt(destination);
        var atOnce = crowded ? SpreadOver * most : most;
        var candidates = new List<(StorePartition Partition, LeadId Lead)>(atOnce);
        // The page holds more than is wanted: what comes after it says when to ask again, and others may be faster.
        await foreach (var (partition, entity) in table.QueryLeadsAsync(from, before, select: "RowKey", page: (2 * atOnce) + heldKeys.Count + 4))
        {
            var (_, due, lead) = StoreKeys.ReadDue(entity.RowKey);
            if (IsHeld(lead))
            {
                continue;
            }

            if (due > now || _taken.Count == most)
            {
                Next(due);
                break;
            }

            candidates.Add((partition, lead));
            if (candidates.Count == atOnce)
            {
                await TakeAsync(candidates, most);
                candidates.Clear();
            }
        }

        await TakeAsync(candidates, most);
        return new Claim(_taken, _next);
    }

    private async Task TakeAsync(IReadOnlyCollection<(StorePartition Partition, LeadId Lead)> candidates, int most)
    {
        (StorePartition Partition, LeadId Lead)[] leads = [.. candidates];
        if (crowded)
        {
            Random.Shared.Shuffle(leads);
        }

        var tried = 0;
        while (tried < leads.Length && _taken.Count < most)
        {
            var some = leads[tried..Math.Min(leads.Length, tried + most - _taken.Count)];
            await TakeAllAsync(some);
            tried += some.Length;
        }

        if (tried < leads.Length)
        {
            Next(now);
        }
    }

    private bool IsHeld(LeadId lead) => heldKeys.Contains(KeyOf(lead));

    private void Next(DateTimeOffset? due) => _next = _next is null || due < _next ? due : _next;

    private async Task TakeAllAsync(IReadOnlyList<(StorePartition Partition, LeadId Lead)> leads)
    {
        var claims = leads.Select(lead => TakeAsync(lead.Partition, lead.Lead)).ToArray();
        try
        {
            await Task.WhenAll(claims);
        }
        catch (StoreUnavailableException) when (_taken.Count > 0 || claims.Any(claim => claim is { IsCompletedSuccessfully: true, Result: not null }))
        {
            // What was taken is delivered; the rest comes with the next claim, or by its lease.
        }

        _taken.AddRange(claims.Where(claim => claim.IsCompletedSuccessfully).Select(claim => claim.Result).OfType<LeadDelivery>());
        if (_taken.Count > 0)
        {
            Next(leaseEnd);
        }
    }

    /// <summary>Null when it is somebody else's, or has to wait for another event of its subject.</summary>
    private async Task<LeadDelivery?> TakeAsync(StorePartition partition, LeadId id)
    {
        if (await LeadRows.ReadAsync(partition, id) is not { } rows || rows.To(destination) is not { State.DueAt: { } due } row || due > now)
        {
            // Taken or removed since the index was read.
            MetOthers = true;
            return null;
        }

        var subjects = rows.Lead.Subject is { } subject ? await Subjects.ReadAsync(partition, rows.Lead, subject, destination) : null;
        if (subjects?.IsFree(IsHeld, now) == false)
        {
            return null;
        }

        var taken = Claimed(row);
        var committed = await partition.CommitAsync("claim", [.. DeliveryChanges.Change(id, row, taken), .. Interrupted(id, row), .. subjects is null ? Enumerable.Empty<TableChange>() : [subjects.TakeTurn()]]);
        if (committed is Commit.Conflict conflict && !(conflict.MayBeOwn && (await LeadRows.ReadAsync(partition, id))?.To(destination)?.Worker == taken.Worker))
        {
            MetOthers = true;
            return null;
        }

        return new LeadDelivery(KeyOf(id), rows.Lead, destination, taken.Lease, taken.State.Failures)
        {
            Answers = row.After is null ? new Dictionary<string, string>() : rows.Answers,
            Later = subjects?.Later() ?? [],
        };
    }

    private DeliveryRow Claimed(DeliveryRow row) => row with
    {
        State = row.State with { Status = DeliveryStatus.InFlight, DueAt = leaseEnd },
        Lease = row.Lease + 1,
        Attempts = row.State.Status == DeliveryStatus.InFlight ? row.Attempts + 1 : row.Attempts,
        ClaimedAt = now,
        Worker = Guid.NewGuid().ToString("N"),
    };

    /// <summary>An attempt whose worker is gone is in the history too; it doesn't count as a failure.</summary>
    private static IEnumerable<TableChange> Interrupted(LeadId id, DeliveryRow row)
    {
        if (row.State.Status == DeliveryStatus.InFlight)
        {
            yield return RunParts.Attempt(id, row.Destination, row.Attempts + 1, new DeliveryAttempt(
                row.ClaimedAt ?? default, TimeSpan.Zero, null, "interrupted", "The program stopped before an answer was recorded; the request may have arrived."));
        }
    }
}
