using System.Collections.Concurrent;
using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// The store in an Azure Storage account, for several programs at once: one table, and in it sixteen partitions of leads. Everything that belongs
/// together shares one and changes in one entity group transaction. A crash leaves all of a change or none of it.
/// </summary>
internal sealed class AzureLeadStore : ILeadStore, IDisposable
{
    /// <summary>How often a change is decided anew because others were faster.</summary>
    public const int MostTries = 25;

    // As far as a look at what waits counts, in each partition.
    private const int MostCounted = 200;

    private readonly StoreTable _table;
    private readonly RunLists _lists;
    private readonly DueSignal _due;
    private readonly DeliveryQueue? _queue;
    private readonly OneAtATime _underWay = new();

    // By destination: whether the last claim met another instance.
    private readonly ConcurrentDictionary<string, bool> _crowded = new(StringComparer.Ordinal);

    private AzureLeadStore(StoreTable table, DueSignal due, DeliveryQueue? queue)
    {
        _table = table;
        _lists = new RunLists(table);
        _due = due;
        _queue = queue;
    }

    // A look costs an operation for each destination and partition.
    public TimeSpan LooksAgainAfter { get; } = TimeSpan.FromSeconds(15);

    // A check is two requests in each partition, and the endpoint is open to all.
    public TimeSpan ChecksAreSharedFor { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes the table when there is none. Throws <see cref="StoreUnavailableException"/> with the reason.</summary>
    /// <param name="queue">Rung for what is due, where no worker of this program waits for it.</param>
    public static async Task<AzureLeadStore> OpenAsync(StorageAccount account, string table, DueSignal due, DeliveryQueue? queue = null)
    {
        var opened = new StoreTable(account, table);
        try
        {
            await opened.MakeAsync();
            return new AzureLeadStore(opened, due, queue);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public async Task<Acceptance> AcceptAsync(Lead lead, byte[] fingerprint, DateTimeOffset? repeatsSince, IReadOnlyList<PlannedDelivery> deliveries)
    {
        var partition = _table.Leads[LeadId.PartitionFor(lead.Subject, fingerprint)];
        var print = Convert.ToHexStringLower(fingerprint);
        var changes = Added(lead, print, deliveries, lead.ReceivedAt).ToArray();
        await _table.PointToAsync(lead.Id, partition);
        var entity = TableEntity.New(StoreKeys.Print(print)).With("Lead", lead.Id.ToString()).With("At", lead.ReceivedAt);
        TableChange[] ofPrint = repeatsSince is null ? [] : [new TableChange.Insert(entity)];
        for (var tried = 0; tried < MostTries; tried++)
        {
            if (await partition.CommitAsync("accept", [.. changes, .. ofPrint]) is not Commit.Conflict conflict
                || (conflict.MayBeOwn && await partition.FindAsync(StoreKeys.Lead(lead.Id)) is not null))
            {
                await RaiseAsync(lead.Id, deliveries);
                return new Acceptance(lead.Id, IsRepeat: false);
            }

            if (repeatsSince is { } since)
            {
                var known = await partition.FindAsync(entity.RowKey);
                if (known is not null && known.Time("At") > since && LeadId.Parse(known.Text("Lead")) is var earlier && await RepeatAsync(partition, earlier, lead.ReceivedAt))
                {
                    await _table.ForgetPlaceAsync(lead.Id, partition);
                    return new Acceptance(earlier, IsRepeat: true);
                }

                ofPrint = [known is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, known.ETag)];
            }
        }

        throw TooMuch("accept");
    }

    public async Task KeepRefusedAsync(RefusedBody body)
    {
        // A repeated try meets its own entity: ids are never given twice.
        await _table.Refused.CommitAsync("refuse", [new TableChange.Put(RefusedRows.Entity(body))]);
    }

    public async Task<Acceptance?> ReplayAsync(Lead lead, byte[] fingerprint, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now)
    {
        var acceptance = await new Replays(_table, lead, fingerprint, window, [.. Added(lead, Convert.ToHexStringLower(fingerprint), deliveries, now)], by, now).RunAsync();
        if (acceptance is { IsRepeat: false })
        {
            await RaiseAsync(lead.Id, deliveries);
        }

        return acceptance;
    }

    public async Task<Claim> ClaimAsync(string destination, int most, IReadOnlyCollection<long> held, DateTimeOffset now, DateTimeOffset leaseEnd, LeadId? only = null)
    {
        var claims = new Claims(_table, _underWay, held, now, leaseEnd);
        if (only is { } lead)
        {
            return held.Contains(Claims.KeyOf(lead)) ? new Claim([], null) : await claims.TakeLeadAsync(lead, [destination]) with { NextDue = null };
        }

        var claim = await claims.TakeDueAsync(destination, most, crowded: _crowded.GetValueOrDefault(destination));
        _crowded[destination] = claims.MetOthers;
        if (_queue is not null)
        {
            // If the program ends meanwhile, this brings the deliveries back as soon as they are due again.
            await Task.WhenAll(claim.Deliveries.Select(delivery => _queue.RingAsync(delivery.Lead.Id, leaseEnd)));
        }

        return claim;
    }

    /// <summary>As <see cref="ClaimAsync"/>, of one lead at any of these destinations.</summary>
    public Task<Claim> ClaimLeadAsync(LeadId id, IReadOnlyCollection<string> destinations, DateTimeOffset now, DateTimeOffset leaseEnd) =>
        new Claims(_table, _underWay, [], now, leaseEnd).TakeLeadAsync(id, destinations);

    /// <summary>Leads with something due since before a time at these destinations, those that have waited longest first.</summary>
    public async Task<IReadOnlyList<LeadId>> FindOverdueAsync(IReadOnlyCollection<string> destinations, DateTimeOffset before, int most)
    {
        var found = await Task.WhenAll(_table.Leads.SelectMany(partition => destinations.Select(async destination =>
            await partition.QueryAsync(StoreKeys.DueAt(destination).From, StoreKeys.DueBefore(destination, before), most, "RowKey", Math.Min(most, 100))
                .Select(entity => StoreKeys.ReadDue(entity.RowKey))
                .ToListAsync())));
        return [.. found.SelectMany(some => some).OrderBy(due => due.Due).Select(due => due.Lead).Distinct().Take(most)];
    }

    public async Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request)
    {
        var (recorded, due) = await ChangeAsync("record", delivery.Lead.Id, rows => LeadChanges.Record(rows, delivery, attempt, state, request));
        _underWay.End(delivery.Key, delivery.Destination);
        if (delivery.Interruptions > 0)
        {
            await Alone.GiveBackAsync(_table.Notes, delivery.Lead.Id, delivery.Destination);
        }

        await RaiseAsync(delivery.Lead.Id, due);
        if (_queue is not null && recorded is true && state is { Status: DeliveryStatus.Pending, DueAt: { } again })
        {
            await _queue.RingAsync(delivery.Lead.Id, again);
        }

        return recorded ?? false;
    }

    public async Task<bool> CountMailAsync(IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most)
    {
        var counts = new MailCounts(_table.Mails, day, lead, most);
        for (var tried = 0; tried < MostTries; tried++)
        {
            if (await counts.CountAsync(recipients) is { } counted)
            {
                return counted;
            }
        }

        throw TooMuch("count mail");
    }

    public Task<Run?> FindRunAsync(LeadId id) => _lists.FindAsync(id);

    public async Task<RefusedBody?> FindRefusedAsync(LeadId id) => await _table.Refused.FindAsync(StoreKeys.Refused(id)) is { } entity ? RefusedRows.Read(entity) : null;

    public Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) => _lists.ListAsync(filter, before, take, stop);

    public Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) => RefusedRows.ListAsync(_table.Refused, filter, before, take, stop);

    public async Task<int?> ResubmitAsync(LeadId id, string? destination, bool evenDelivered, string by, DateTimeOffset now)
    {
        var (count, due) = await ChangeAsync("resubmit", id, rows => LeadChanges.Resubmit(rows, destination, evenDelivered, by, now));
        await RaiseAsync(id, due);
        return count;
    }

    public async Task<int> ResubmitDeadLettersAsync(LeadId id, string? destination, string by, DateTimeOffset now)
    {
        var (count, due) = await ChangeAsync("resubmit", id, rows => LeadChanges.ResubmitDead(rows, destination, by, now));
        await RaiseAsync(id, due);
        return count ?? 0;
    }

    public async Task<int?> DiscardAsync(LeadId id, string? destination, string reason, string by, DateTimeOffset now) =>
        (await ChangeAsync("discard", id, rows => LeadChanges.Discard(rows, destination, reason, by, now))).Result;

    public Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to) => new Summaries(_table, from, to).ReadAsync();

    public Task<RunSummary> SummariseRecentAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) => new SharedCounts(_table).ReadAsync(from, to, now);

    public Task<Erasure> EraseAsync(string address, bool countOnly, LeadId? after, int most, string by, DateTimeOffset now) =>
        new Erasures(_table, _lists, new Erasing(address), by, now).StepAsync(countOnly, after, most);

    public Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most) => new Removal(_table, _lists).StepAsync(before, after, most);

    public Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except) => Subjects.FindGroupAsync(_table.Leads[groupId.Partition], groupId, except);

    public async Task<Lead?> FindNewestAsync(LeadSubject subject) => (await Subjects.FindNewestAsync(_table.Leads[subject.GroupId.Partition], subject))?.Newest;

    public async Task<IReadOnlyList<SeenItem>> FindSeenAsync(string reader)
    {
        var (from, before) = StoreKeys.AllSeen(reader);
        return await _table.Notes.QueryAsync(from, before).Select(entity => new SeenItem(entity.Text("Key"), entity.Text("State"))).ToListAsync();
    }

    public async Task RecordSeenAsync(string reader, string key, string? state)
    {
        var entity = TableEntity.New(StoreKeys.Seen(reader, key));
        // To take away what is not there is no conflict that matters.
        await _table.Notes.CommitAsync("note", [state is null ? new TableChange.Delete(entity.RowKey) : new TableChange.Put(entity.With("Key", key).With("State", state))]);
    }

    public async Task<bool> ReplaceSeenAsync(string reader, string key, string? expected, string state)
    {
        var entity = TableEntity.New(StoreKeys.Seen(reader, key)).With("Key", key).With("State", state);
        var found = await _table.Notes.FindAsync(entity.RowKey);
        return found?.TextOrNull("State") == expected
            && await _table.Notes.CommitAsync("note", [found is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, found.ETag)]) switch
            {
                Commit.Done => true,
                // Of a try without an answer, whether what is there now is what was to be written.
                Commit.Conflict { MayBeOwn: true } => (await _table.Notes.FindAsync(entity.RowKey))?.TextOrNull("State") == state,
                _ => false,
            };
    }

    public async Task<StoreState> CheckAsync(DateTimeOffset now)
    {
        var parts = await Task.WhenAll(_table.Leads.Select(CheckAsync));
        var unfinished = parts.SelectMany(part => part.Due).GroupBy(due => due.Destination, StringComparer.Ordinal);
        var due = parts.SelectMany(part => part.Due).Where(due => due.At <= now).Select(due => due.At).ToArray();
        return new StoreState(due.Length == 0 ? null : due.Min(), parts.Sum(part => part.Dead), unfinished.ToDictionary(some => some.Key, some => some.Count(), StringComparer.Ordinal));
    }

    public void Dispose() => _table.Dispose();

    /// <summary>What waits in a partition, of each destination what is due first; not all of it when that is much.</summary>
    private static async Task<(IReadOnlyList<(string Destination, DateTimeOffset? At)> Due, int Dead)> CheckAsync(StorePartition partition)
    {
        var dead = partition.QueryAsync(StoreKeys.AllDead, "dead/", MostCounted, "RowKey").CountAsync();
        var found = new List<(string, DateTimeOffset?)>();
        for (var from = StoreKeys.AllDue; ;)
        {
            var some = await partition.QueryAsync(from, "due/", MostCounted, "RowKey", MostCounted).Select(entity => StoreKeys.ReadDue(entity.RowKey)).ToListAsync();
            found.AddRange(some.Select(due => (due.Destination, due.Due)));
            if (some.Count < MostCounted)
            {
                return (found, await dead);
            }

            from = StoreKeys.AfterDue(some[^1].Destination);
        }
    }


    private static IEnumerable<TableChange> Added(Lead lead, string print, IReadOnlyList<PlannedDelivery> deliveries, DateTimeOffset due) =>
    [
        new TableChange.Insert(LeadRows.Entity(lead, print)),
        .. deliveries.SelectMany(delivery => DeliveryChanges.Add(lead.Id, DeliveryRow.Planned(delivery, due))),
        .. lead.Subject is null ? Enumerable.Empty<TableChange>() : [Subjects.Add(lead)],
    ];

    public static StoreUnavailableException TooMuch(string operation) => new($"Others changed the same entities all the time ({operation}).");

    /// <summary>Notes that a lead was posted again; false when it has been removed meanwhile.</summary>
    private static async Task<bool> RepeatAsync(StorePartition partition, LeadId earlier, DateTimeOffset at)
    {
        var committed = await partition.CommitAsync("repeat", [.. RunParts.Repeated(earlier, at, StoreKeys.Repeat(earlier, at, Guid.NewGuid()))]);
        return committed is Commit.Done || (committed is Commit.Conflict { MayBeOwn: true } && await partition.FindAsync(StoreKeys.Lead(earlier)) is not null);
    }

    /// <summary>Reads a lead, decides, and writes; again when somebody else wrote in between. The result is the default when there is no such lead.</summary>
    private async Task<(T? Result, IReadOnlyList<string> Due)> ChangeAsync<T>(string operation, LeadId id, Func<LeadRows, LeadChange<T>> decide)
        where T : struct
    {
        for (var tried = 0; tried < MostTries; tried++)
        {
            if (await _table.FindLeadAsync(id, partition => LeadRows.ReadAsync(partition, id)) is not { } rows)
            {
                return (null, []);
            }

            var change = decide(rows);
            if (change.Changes.Count == 0
                || await rows.Partition.CommitAsync(operation, change.Changes) is not Commit.Conflict conflict
                || (conflict.MayBeOwn && await RunParts.AreMadeAsync(rows.Partition, change.Changes)))
            {
                return (change.Result, change.Due);
            }
        }

        throw TooMuch(operation);
    }

    private Task RaiseAsync(LeadId lead, IReadOnlyList<PlannedDelivery> deliveries) =>
        RaiseAsync(lead, [.. deliveries.Where(delivery => delivery.After is null).Select(delivery => delivery.Destination)]);

    /// <summary>Something of a lead is due at these destinations: wakes the program's own workers, or whichever instance the queue wakes.</summary>
    private async Task RaiseAsync(LeadId lead, IReadOnlyList<string> destinations)
    {
        foreach (var destination in destinations)
        {
            _due.Raise(destination);
        }

        if (_queue is not null && destinations.Count > 0)
        {
            await _queue.RingAsync(lead);
        }
    }
}
