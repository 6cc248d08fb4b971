using System.Collections.Concurrent;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Takes what is due. Each delivery is taken by a transaction that replaces its row in the version that was read and moves it in the index
/// of what is due, so that of several instances one gets it; the others go on to the next.
/// </summary>
internal sealed class Claims(
    StoreTable table,
    OneAtATime underWay,
    IReadOnlyCollection<long> heldKeys,
    DateTimeOffset now,
    DateTimeOffset leaseEnd,
    DateTimeOffset dueBy)
{
    private const int SpreadOver = 4;

    // Each takes three changes: its row, and where it was and is in the index.
    private const int MostInOneTransaction = StorePartition.MostChanges / 3;

    /// <summary>When to look again while something has to wait for what is under way.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgainAtLatest = TimeSpan.FromSeconds(15);

    /// <summary>This instance's clock may be behind the one of the instance that sent the message.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(10);

    private readonly List<LeadDelivery> _taken = [];
    private readonly ConcurrentBag<(LeadId Lead, string Destination)> _givenUp = [];
    private readonly Lock _lock = new();
    private DateTimeOffset? _next;
    private DateTimeOffset? _again;

    /// <summary>Another instance was faster somewhere.</summary>
    public bool MetOthers { get; private set; }

    /// <summary>The store's key of a lead, for the program alone: half of its id laid over the other.</summary>
    public static long KeyOf(LeadId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes);
        return BitConverter.ToInt64(bytes) ^ BitConverter.ToInt64(bytes[8..]);
    }

    /// <summary>What is due at a destination, the first due first.</summary>
    /// <param name="crowded">
    /// The last claim met others: not all begin with the first that is due, but each somewhere among the first.
    /// </param>
    public async Task<Claim> TakeDueAsync(string destination, int most, bool crowded)
    {
        var (from, before) = StoreKeys.DueAt(destination);
        var atOnce = crowded ? SpreadOver * most : most;
        var candidates = new List<(StorePartition Partition, LeadId Lead)>(atOnce);
        // The page holds more than is wanted: what comes after it says when to ask again, and others may be faster.
        var page = (2 * atOnce) + heldKeys.Count + 4;
        await foreach (var (partition, entity) in table.QueryLeadsAsync(from, before, select: "RowKey", page: page))
        {
            var (_, due, lead) = StoreKeys.ReadDue(entity.RowKey);
            if (IsHeld(lead))
            {
                continue;
            }

            if (due > dueBy || _taken.Count == most)
            {
                Next(due);
                break;
            }

            candidates.Add((partition, lead));
            if (candidates.Count == atOnce)
            {
                await TakeAsync(destination, candidates, most, crowded);
                candidates.Clear();
            }
        }

        await TakeAsync(destination, candidates, most, crowded);
        return new Claim(_taken, _next) { GivenUp = [.. _givenUp], Again = _again };
    }

    /// <summary>What is due of one lead at some destinations; what is plain in one transaction.</summary>
    public async Task<Claim> TakeLeadAsync(LeadId id, IReadOnlyCollection<string> destinations)
    {
        if (await table.FindLeadAsync(id, partition => LeadRows.ReadAsync(partition, id)) is not { } rows)
        {
            return new Claim([], null);
        }

        foreach (var soon in rows.Deliveries.Where(row => !IsDue(row) && row.State.DueAt - now <= Early))
        {
            Again(soon.State.DueAt!.Value);
        }

        var due = rows.Deliveries.Where(IsDue).ToLookup(row => destinations.Contains(row.Destination));
        try
        {
            await TakeRowsAsync(rows, [.. due[true]]);
        }
        catch (StoreUnavailableException) when (_taken.Count > 0)
        {
            // What was taken is delivered; the rest is looked at again soon.
            Again(now + LookAgain);
        }

        return new Claim(_taken, _next)
        {
            GivenUp = [.. _givenUp],
            Again = _again,
            StillDue = [.. due[false].Select(row => row.Destination)],
        };
    }

    private async Task TakeRowsAsync(LeadRows rows, DeliveryRow[] dueRows)
    {
        if (rows.Lead.SharedRow is null && dueRows.All(row => row is { State.Status: DeliveryStatus.Pending, Interruptions: 0 }))
        {
            foreach (var some in dueRows.Chunk(MostInOneTransaction))
            {
                _taken.AddRange(await TakePlainAsync(rows, some));
            }
        }
        else
        {
            foreach (var row in dueRows)
            {
                if (await TakeAsync(rows.Partition, rows.Lead.Id, row.Destination) is { } taken)
                {
                    _taken.Add(taken);
                }
            }
        }
    }

    private async Task TakeAsync(
        string destination,
        IReadOnlyCollection<(StorePartition Partition, LeadId Lead)> candidates,
        int most,
        bool crowded)
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
            await TakeAllAsync(destination, some);
            tried += some.Length;
        }

        if (tried < leads.Length)
        {
            Next(now);
        }
    }

    /// <summary>
    /// A clock that was set back makes nothing wait that was due before it; but what another program sends is its own until its lease ends.
    /// </summary>
    private bool IsDue(DeliveryRow row) => row.State.DueAt is { } at
        && (row.State.Status == DeliveryStatus.InFlight ? at <= now || at - now > Claim.LongestLease : at <= dueBy);

    /// <summary>
    /// After as long again as it has been under way, 1 to 15 s, or when its lease ends: each look is some dozens of requests, and after a
    /// kill it may be hours until a lease ends that a wrong clock gave.
    /// </summary>
    private DateTimeOffset LookAgainFor(DeliveryRow first)
    {
        if (first is not { State: { Status: DeliveryStatus.InFlight, DueAt: { } leaseEnds }, ClaimedAt: { } claimed } || IsDue(first))
        {
            return now + LookAgain;
        }

        var wait = (now - claimed).Duration();
        wait = wait < leaseEnds - now ? wait : leaseEnds - now;
        return now + TimeSpan.FromTicks(long.Clamp(wait.Ticks, LookAgain.Ticks, LookAgainAtLatest.Ticks));
    }

    private bool IsHeld(LeadId lead) => heldKeys.Contains(KeyOf(lead));

    private void Next(DateTimeOffset? due)
    {
        lock (_lock)
        {
            _next = due is not null && (_next is null || due < _next) ? due : _next;
        }
    }

    /// <summary>Something is due and has to wait for a moment.</summary>
    private void Again(DateTimeOffset at)
    {
        Next(at);
        lock (_lock)
        {
            _again = _again is null || at < _again ? at : _again;
        }
    }

    private async Task TakeAllAsync(string destination, IReadOnlyList<(StorePartition Partition, LeadId Lead)> leads)
    {
        var claims = leads.Select(lead => TakeAsync(lead.Partition, lead.Lead, destination)).ToArray();
        try
        {
            await Task.WhenAll(claims);
        }
        catch (StoreUnavailableException) when (_taken.Count > 0
            || claims.Any(claim => claim is { IsCompletedSuccessfully: true, Result: not null }))
        {
            // What was taken is delivered; the rest comes with the next claim, or by its lease.
        }

        _taken.AddRange(claims.Where(claim => claim.IsCompletedSuccessfully).Select(claim => claim.Result).OfType<LeadDelivery>());
        if (_taken.Count > 0)
        {
            Next(leaseEnd);
        }
    }

    /// <summary>Null when it is somebody else's, was interrupted too often, or has to wait for something else.</summary>
    private async Task<LeadDelivery?> TakeAsync(StorePartition partition, LeadId id, string destination)
    {
        if (await ReadDueAsync(partition, id, destination) is not (var rows, var row))
        {
            return null;
        }

        var sharedRows = rows.Lead.SharedRow is { } sharedRow
            ? await SharedRows.ReadAsync(partition, rows.Lead, sharedRow, destination)
            : null;
        if (sharedRows?.First(IsHeld, IsDue) is { } first)
        {
            Again(LookAgainFor(first));
            return null;
        }

        if (!underWay.TryBegin(KeyOf(id), destination, row.Interruptions > 0, now, leaseEnd))
        {
            Again(now + LookAgain);
            return null;
        }

        LeadDelivery? delivery = null;
        var hasTurn = false;
        try
        {
            hasTurn = row.Interruptions > 0 && await Interruptions.TakeTurnAsync(table.Notes, id, destination, now, leaseEnd);
            if (row.Interruptions > 0 && !hasTurn)
            {
                Again(now + LookAgain);
            }
            else if (await CommitAsync(rows, [row], sharedRows is null ? [] : [sharedRows.TakeLock()]) is [var taken])
            {
                delivery = Delivery(rows, row, taken) with { Later = sharedRows?.Later() ?? [] };
            }

            return delivery;
        }
        finally
        {
            if (delivery is null)
            {
                underWay.End(KeyOf(id), destination);
                await (hasTurn ? Interruptions.GiveTurnBackAsync(table.Notes, id, destination) : Task.CompletedTask);
            }
        }
    }

    private async Task<IReadOnlyList<LeadDelivery>> TakePlainAsync(LeadRows rows, DeliveryRow[] due)
    {
        var key = KeyOf(rows.Lead.Id);
        var begun = due.Where(row => underWay.TryBegin(key, row.Destination, interrupted: false, now, leaseEnd)).ToArray();
        if (begun.Length < due.Length)
        {
            Again(now + LookAgain);
        }

        var taken = Array.Empty<DeliveryRow>();
        try
        {
            taken = begun.Length == 0 ? [] : await CommitAsync(rows, begun, []);
        }
        finally
        {
            foreach (var row in begun.Skip(taken.Length))
            {
                underWay.End(key, row.Destination);
            }
        }

        return [.. taken.Zip(begun, (after, before) => Delivery(rows, before, after))];
    }

    /// <summary>All of them, or none when somebody else was faster.</summary>
    private async Task<DeliveryRow[]> CommitAsync(LeadRows rows, IReadOnlyList<DeliveryRow> due, IReadOnlyList<TableChange> more)
    {
        var id = rows.Lead.Id;
        DeliveryRow[] taken = [.. due.Select(Claimed)];
        var committed = await rows.Partition.CommitAsync(
            "claim",
            [.. due.Zip(taken, (before, after) => DeliveryChanges.Change(id, before, after)).SelectMany(changes => changes), .. more]);
        if (committed is Commit.Conflict conflict
            && !(conflict.MayBeOwn
                && (await LeadRows.ReadAsync(rows.Partition, id))?.To(taken[0].Destination)?.ClaimId == taken[0].ClaimId))
        {
            MetOthers = true;
            return [];
        }

        return taken;
    }

    /// <summary>
    /// Null when it isn't due any more: taken or removed since the index was read, or it is interrupted and has to wait, or was so too
    /// often.
    /// </summary>
    private async Task<(LeadRows Rows, DeliveryRow Row)?> ReadDueAsync(StorePartition partition, LeadId id, string destination)
    {
        if (await LeadRows.ReadAsync(partition, id) is not { } rows || rows.To(destination) is not { } row || !IsDue(row))
        {
            MetOthers = true;
            return null;
        }

        if (row.State.Status != DeliveryStatus.InFlight)
        {
            return (rows, row);
        }

        var (committed, after) = await Interruptions.NoteAsync(rows, row, now);
        if (!committed)
        {
            MetOthers = true;
            return null;
        }

        if (after.State.Status == DeliveryStatus.DeadLetter)
        {
            _givenUp.Add((id, destination));
            return null;
        }

        if (after.State.DueAt > now)
        {
            Again(after.State.DueAt.Value);
            return null;
        }

        return await LeadRows.ReadAsync(partition, id) is { } again
            && again.To(destination) is { State.Status: DeliveryStatus.Pending } pending ? (again, pending) : null;
    }

    private static LeadDelivery Delivery(LeadRows rows, DeliveryRow before, DeliveryRow taken) =>
        new(KeyOf(rows.Lead.Id), rows.Lead, taken.Destination, taken.ClaimNumber, taken.State.Failures)
        {
            Interruptions = before.Interruptions,
            Answers = before.After is null ? new Dictionary<string, string>() : rows.Answers,
        };

    private DeliveryRow Claimed(DeliveryRow row) => row with
    {
        State = row.State with { Status = DeliveryStatus.InFlight, DueAt = leaseEnd },
        ClaimNumber = row.ClaimNumber + 1,
        ClaimedAt = now,
        ClaimId = Guid.NewGuid().ToString("N"),
    };
}
