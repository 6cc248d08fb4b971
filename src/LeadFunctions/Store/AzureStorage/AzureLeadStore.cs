using System.Collections.Concurrent;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// The store in an Azure Storage account, for several programs at once: one table, and in it sixteen partitions of leads. Everything that
/// belongs together shares one and changes in one entity group transaction. A crash leaves all of a change or none of it.
/// </summary>
internal sealed class AzureLeadStore : ILeadStore, IDisposable
{
    /// <summary>How often a change is decided anew because others were faster.</summary>
    public const int MostTries = 25;

    private readonly StoreTable _table;
    private readonly RunLists _lists;
    private readonly DueSignal _due;
    private readonly DeliveryQueueSender? _queue;
    private readonly OneAtATime _underWay = new();

    // By destination: whether the last claim met another instance.
    private readonly ConcurrentDictionary<string, bool> _crowded = new(StringComparer.Ordinal);

    private AzureLeadStore(StoreTable table, DueSignal due, DeliveryQueueSender? queue)
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
    /// <param name="queue">Gets a message for what is due, where no loop of this program waits for it.</param>
    public static async Task<AzureLeadStore> OpenAsync(
        StorageAccount account, string table, DueSignal due, DeliveryQueueSender? queue = null)
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

    public async Task<Acceptance> AcceptAsync(
        Lead lead,
        byte[] deduplicationKey,
        DateTimeOffset? repeatsSince,
        IReadOnlyList<PlannedDelivery> deliveries)
    {
        var acceptance = await Acceptances.AcceptAsync(_table, lead, deduplicationKey, repeatsSince, deliveries);
        if (!acceptance.IsRepeat)
        {
            await RaiseAsync(lead.Id, deliveries);
        }

        return acceptance;
    }

    public async Task KeepRefusedAsync(RefusedBody body)
    {
        // A repeated try meets its own entity: ids are never given twice.
        await _table.Refused.CommitAsync("refuse", [new TableChange.Put(RefusedRows.Entity(body))]);
    }

    public async Task<Acceptance?> ReplayAsync(
        Lead lead,
        byte[] deduplicationKey,
        TimeSpan window,
        IReadOnlyList<PlannedDelivery> deliveries,
        string by,
        DateTimeOffset now)
    {
        var acceptance = await new Replays(
            _table,
            lead,
            deduplicationKey,
            window,
            [.. Acceptances.Added(lead, Convert.ToHexStringLower(deduplicationKey), deliveries, now)],
            by,
            now).RunAsync();
        if (acceptance is { IsRepeat: false })
        {
            await RaiseAsync(lead.Id, deliveries);
        }

        return acceptance;
    }

    public async Task<Claim> ClaimAsync(
        string destination,
        int most,
        IReadOnlyCollection<long> held,
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        LeadId? only = null,
        DateTimeOffset? due = null)
    {
        var claims = new Claims(_table, _underWay, held, now, leaseEnd, due ?? now);
        if (only is { } lead)
        {
            return held.Contains(Claims.KeyOf(lead))
                ? new Claim([], null)
                : await claims.TakeLeadAsync(lead, [destination]) with { NextDue = null };
        }

        var claim = await claims.TakeDueAsync(destination, most, crowded: _crowded.GetValueOrDefault(destination));
        _crowded[destination] = claims.MetOthers;
        return claim;
    }

    /// <summary>As <see cref="ClaimAsync"/>, of one lead at any of these destinations.</summary>
    public Task<Claim> ClaimLeadAsync(LeadId id, IReadOnlyCollection<string> destinations, DateTimeOffset now, DateTimeOffset leaseEnd) =>
        new Claims(_table, _underWay, [], now, leaseEnd, now).TakeLeadAsync(id, destinations);

    /// <summary>Leads with something due since before a time at a destination, those that have waited longest first.</summary>
    public async Task<IReadOnlyList<LeadId>> FindOverdueAsync(string destination, DateTimeOffset before, int most) =>
        await _table.QueryLeadsAsync(
            StoreKeys.DueAt(destination).From,
            StoreKeys.DueBefore(destination, before),
            select: "RowKey",
            page: most)
            .Select(found => StoreKeys.ReadDue(found.Entity.RowKey).Lead)
            .Take(most)
            .ToListAsync();

    public async Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request)
    {
        var (recorded, due) = await ChangeAsync(
            "record",
            delivery.Lead.Id,
            rows => LeadChanges.Record(rows, delivery, attempt, state, request));
        _underWay.End(delivery.Key, delivery.Destination);
        if (delivery.Interruptions > 0)
        {
            await Interruptions.GiveTurnBackAsync(_table.Notes, delivery.Lead.Id, delivery.Destination);
        }

        await RaiseAsync(delivery.Lead.Id, due);
        if (_queue is not null && recorded is true && state is { Status: DeliveryStatus.Pending, DueAt: { } again })
        {
            await _queue.EnqueueAsync(delivery.Lead.Id, again);
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

    public async Task<RefusedBody?> FindRefusedAsync(LeadId id) =>
        await _table.Refused.FindAsync(StoreKeys.Refused(id)) is { } entity ? RefusedRows.Read(entity) : null;

    public Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) =>
        _lists.ListAsync(filter, before, take, stop);

    public Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) =>
        RefusedRows.ListAsync(_table.Refused, filter, before, take, stop);

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

    public Task<RunSummary> SummariseRecentAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) =>
        new SharedCounts(_table).ReadAsync(from, to, now);

    public Task<Erasure> EraseAsync(string address, bool countOnly, LeadId? after, int most, string by, DateTimeOffset now) =>
        new Erasures(_table, _lists, new PersonalDataEraser(address), by, now).StepAsync(countOnly, after, most);

    public Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most) =>
        new Removal(_table, _lists).StepAsync(before, after, most);

    public Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except) =>
        SharedRows.FindGroupAsync(_table.Leads[groupId.Partition], groupId, except);

    public async Task<Lead?> FindNewestAsync(SharedRow sharedRow) =>
        (await SharedRows.FindNewestAsync(_table.Leads[sharedRow.GroupId.Partition], sharedRow))?.Newest;

    public Task<IReadOnlyList<StoredValue>> FindValuesAsync(string scope) => KeyValueRows.FindAsync(_table.Notes, scope);

    public Task SetValueAsync(string scope, string key, string? value) => KeyValueRows.RecordAsync(_table.Notes, scope, key, value);

    public Task<bool> ReplaceValueAsync(string scope, string key, string? expected, string value) =>
        KeyValueRows.ReplaceAsync(_table.Notes, scope, key, expected, value);

    public Task<StoreState> CheckAsync(DateTimeOffset now) => WaitingCounts.CheckAsync(_table, now);

    public void Dispose() => _table.Dispose();

    public static StoreUnavailableException TooMuch(string operation) =>
        new($"Others changed the same entities all the time ({operation}).");

    /// <summary>
    /// Reads a lead, decides, and writes; again when somebody else wrote in between. The result is the default when there is no such lead.
    /// </summary>
    private async Task<(T? Result, IReadOnlyList<string> Due)> ChangeAsync<T>(
        string operation,
        LeadId id,
        Func<LeadRows, LeadChange<T>> decide)
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

    /// <summary>
    /// Something of a lead is due at these destinations: wakes the program's own loops, or whichever instance the queue wakes.
    /// </summary>
    private async Task RaiseAsync(LeadId lead, IReadOnlyList<string> destinations)
    {
        foreach (var destination in destinations)
        {
            _due.Raise(destination);
        }

        if (_queue is not null && destinations.Count > 0)
        {
            await _queue.EnqueueAsync(lead);
        }
    }
}
