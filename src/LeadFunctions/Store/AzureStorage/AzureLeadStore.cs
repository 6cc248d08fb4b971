using System.Collections.Concurrent;
using LeadFunctions.Leads;
using LeadFunctions.Store.AzureStorage.Rest;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// The store in an Azure Storage account, for several programs at once: one table, and in it one partition, so that everything which belongs
/// together changes in one entity group transaction. A crash leaves all of a change or none of it.
/// </summary>
internal sealed class AzureLeadStore : ILeadStore, IDisposable
{
    /// <summary>How often a change is decided anew because others were faster.</summary>
    public const int MostTries = 25;

    private readonly StorageSender _sender;
    private readonly TableClient _table;
    private readonly RunLists _lists;
    private readonly DueSignal _due;

    // By destination: whether the last claim met another instance.
    private readonly ConcurrentDictionary<string, bool> _crowded = new(StringComparer.Ordinal);

    private AzureLeadStore(StorageSender sender, TableClient table, DueSignal due)
    {
        _sender = sender;
        _table = table;
        _lists = new RunLists(table);
        _due = due;
    }

    // A look costs one operation for each destination.
    public TimeSpan LooksAgainAfter { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Makes the table when there is none. Throws <see cref="StoreUnavailableException"/> with the reason.</summary>
    public static async Task<AzureLeadStore> OpenAsync(StorageAccount account, string table, DueSignal due)
    {
        var sender = new StorageSender(account);
        try
        {
            var client = new TableClient(sender, table, "leads");
            await client.MakeAsync();
            return new AzureLeadStore(sender, client, due);
        }
        catch
        {
            sender.Dispose();
            throw;
        }
    }

    public async Task<Acceptance> AcceptAsync(Lead lead, byte[] fingerprint, DateTimeOffset? repeatsSince, IReadOnlyList<PlannedDelivery> deliveries)
    {
        var print = Convert.ToHexStringLower(fingerprint);
        var changes = Added(lead, print, deliveries, lead.ReceivedAt).ToArray();
        var entity = new TableEntity(StoreKeys.Print(print)).With("Lead", lead.Id.ToString()).With("At", lead.ReceivedAt);
        TableChange[] ofPrint = repeatsSince is null ? [] : [new TableChange.Insert(entity)];
        for (var tried = 0; tried < MostTries; tried++)
        {
            if (await _table.CommitAsync("accept", [.. changes, .. ofPrint]) is not Commit.Conflict conflict
                || (conflict.MayBeOwn && await _table.FindAsync(StoreKeys.Lead(lead.Id)) is not null))
            {
                Raise(deliveries);
                return new Acceptance(lead.Id, IsRepeat: false);
            }

            if (repeatsSince is { } since)
            {
                var known = await _table.FindAsync(entity.Key);
                if (known is not null && known.Time("At") > since && LeadId.Parse(known.Text("Lead")) is var earlier && await RepeatAsync(earlier, lead.ReceivedAt))
                {
                    return new Acceptance(earlier, IsRepeat: true);
                }

                ofPrint = [known is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, known.ETag!)];
            }
        }

        throw TooMuch("accept");
    }

    public async Task KeepRefusedAsync(RefusedBody body)
    {
        // A repeated try meets its own entity: ids are never given twice.
        await _table.CommitAsync("refuse", [new TableChange.Put(RefusedRows.Entity(body))]);
    }

    public async Task<Acceptance?> ReplayAsync(Lead lead, byte[] fingerprint, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now)
    {
        var print = Convert.ToHexStringLower(fingerprint);
        var acceptance = await new Replays(_table, lead, print, window, [.. Added(lead, print, deliveries, now)], by, now).RunAsync();
        if (acceptance is { IsRepeat: false })
        {
            Raise(deliveries);
        }

        return acceptance;
    }

    public async Task<Claim> ClaimAsync(string destination, int most, IReadOnlyCollection<long> held, DateTimeOffset now, DateTimeOffset leaseEnd)
    {
        var claims = new Claims(_table, destination, held, now, leaseEnd, crowded: _crowded.GetValueOrDefault(destination));
        var claim = await claims.TakeAsync(most);
        _crowded[destination] = claims.MetOthers;
        return claim;
    }

    public async Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request)
    {
        var (recorded, due) = await ChangeAsync("record", delivery.Lead.Id, rows => LeadChanges.Record(rows, delivery, attempt, state, request));
        RaiseAll(due);
        return recorded ?? false;
    }

    public async Task<bool> CountMailAsync(IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most)
    {
        var counts = new MailCounts(_table, day, lead, most);
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

    public async Task<RefusedBody?> FindRefusedAsync(LeadId id) => await _table.FindAsync(StoreKeys.Refused(id)) is { } entity ? RefusedRows.Read(entity) : null;

    public Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) => _lists.ListAsync(filter, before, take, stop);

    public Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) => RefusedRows.ListAsync(_table, filter, before, take, stop);

    public async Task<int?> ResubmitAsync(LeadId id, string? destination, bool evenDelivered, string by, DateTimeOffset now)
    {
        var (count, due) = await ChangeAsync("resubmit", id, rows => LeadChanges.Resubmit(rows, destination, evenDelivered, by, now));
        RaiseAll(due);
        return count;
    }

    public async Task<int> ResubmitDeadLettersAsync(LeadId id, string? destination, string by, DateTimeOffset now)
    {
        var (count, due) = await ChangeAsync("resubmit", id, rows => LeadChanges.ResubmitDead(rows, destination, by, now));
        RaiseAll(due);
        return count ?? 0;
    }

    public async Task<int> ResubmitDeadLettersAsync(string? destination, string by, DateTimeOffset now)
    {
        // As they stand now, so that what dies again meanwhile is not taken twice.
        var leads = await _lists.DeadAsync(IdRange.All).ToListAsync();
        var (total, left) = (0, 0);
        await Parallel.ForEachAsync(leads, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (lead, _) =>
        {
            try
            {
                Interlocked.Add(ref total, await ResubmitDeadLettersAsync(lead, destination, by, now));
            }
            catch (StoreUnavailableException)
            {
                Interlocked.Increment(ref left);
            }
        });
        return left == 0 ? total : throw new StoreUnavailableException($"{total} dead letters were put back, and then the storage account failed for {left} leads. Do it again for these.");
    }

    public async Task<int?> DiscardAsync(LeadId id, string? destination, string reason, string by, DateTimeOffset now) =>
        (await ChangeAsync("discard", id, rows => LeadChanges.Discard(rows, destination, reason, by, now))).Result;

    public Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to) => new Summaries(_table, from, to).ReadAsync();

    public Task<Erasure> EraseAsync(string address, bool countOnly, string by, DateTimeOffset now) => new Erasures(_table, _lists, new Erasing(address), by, now).RunAsync(countOnly);

    public Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most) => new Removal(_table, _lists).StepAsync(before, after, most);

    public Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except) => Subjects.FindGroupAsync(_table, groupId, except);

    public async Task<Lead?> FindNewestAsync(LeadSubject subject) => (await Subjects.FindNewestAsync(_table, subject))?.Newest;

    public async Task<IReadOnlyList<SeenItem>> FindSeenAsync(string reader)
    {
        var (from, before) = StoreKeys.AllSeen(reader);
        return await _table.QueryAsync(from, before).Select(entity => new SeenItem(entity.Text("Key"), entity.Text("State"))).ToListAsync();
    }

    public async Task RecordSeenAsync(string reader, string key, string? state)
    {
        var entity = new TableEntity(StoreKeys.Seen(reader, key));
        // To take away what is not there is no conflict that matters.
        await _table.CommitAsync("note", [state is null ? new TableChange.Delete(entity.Key) : new TableChange.Put(entity.With("Key", key).With("State", state))]);
    }

    public async Task<StoreState> CheckAsync(DateTimeOffset now)
    {
        await _table.CommitAsync("check", [new TableChange.Put(new TableEntity(StoreKeys.Check).With("At", now))]);
        var unfinished = new Dictionary<string, int>(StringComparer.Ordinal);
        DateTimeOffset? oldest = null;
        await foreach (var entity in _table.QueryAsync(StoreKeys.AllDue, "due/", select: "RowKey"))
        {
            var (destination, due, _) = StoreKeys.ReadDue(entity.Key);
            unfinished[destination] = unfinished.GetValueOrDefault(destination) + 1;
            oldest = due <= now && (oldest is null || due < oldest) ? due : oldest;
        }

        return new StoreState(oldest, await _table.QueryAsync(StoreKeys.AllDead, "dead/", select: "RowKey").CountAsync(), unfinished);
    }

    public void Dispose() => _sender.Dispose();

    private static IEnumerable<TableChange> Added(Lead lead, string print, IReadOnlyList<PlannedDelivery> deliveries, DateTimeOffset due) =>
    [
        new TableChange.Insert(LeadRows.Entity(lead, print)),
        .. deliveries.SelectMany(delivery => DeliveryChanges.Add(lead.Id, DeliveryRow.Planned(delivery, due))),
        .. lead.Subject is null ? Enumerable.Empty<TableChange>() : [Subjects.Add(lead)],
    ];

    public static StoreUnavailableException TooMuch(string operation) => new($"Others changed the same entities all the time ({operation}).");

    /// <summary>Notes that a lead was posted again; false when it has been removed meanwhile.</summary>
    private async Task<bool> RepeatAsync(LeadId earlier, DateTimeOffset at)
    {
        var committed = await _table.CommitAsync("repeat", [.. RunParts.Repeated(earlier, at)]);
        return committed is Commit.Done || (committed is Commit.Conflict { MayBeOwn: true } && await _table.FindAsync(StoreKeys.Lead(earlier)) is not null);
    }

    /// <summary>Reads a lead, decides, and writes; again when somebody else wrote in between. The result is the default when there is no such lead.</summary>
    private async Task<(T? Result, IReadOnlyList<string> Due)> ChangeAsync<T>(string operation, LeadId id, Func<LeadRows, LeadChange<T>> decide)
        where T : struct
    {
        for (var tried = 0; tried < MostTries; tried++)
        {
            if (await LeadRows.ReadAsync(_table, id) is not { } rows)
            {
                return (null, []);
            }

            var change = decide(rows);
            if (change.Changes.Count == 0
                || await _table.CommitAsync(operation, change.Changes) is not Commit.Conflict conflict
                || (conflict.MayBeOwn && await RunParts.AreMadeAsync(_table, change.Changes)))
            {
                return (change.Result, change.Due);
            }
        }

        throw TooMuch(operation);
    }

    private void Raise(IReadOnlyList<PlannedDelivery> deliveries) => RaiseAll(deliveries.Where(delivery => delivery.After is null).Select(delivery => delivery.Destination));

    private void RaiseAll(IEnumerable<string> destinations)
    {
        foreach (var destination in destinations)
        {
            _due.Raise(destination);
        }
    }
}
