using System.Collections.Concurrent;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>The embedded store: one SQLite file (WAL, synchronous FULL) used by one program at a time.</summary>
internal sealed class SqliteLeadStore : ILeadStore, IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly DeduplicationKeys _keys;
    private readonly DueSignal _due;
    private readonly DateTimeOffset _aloneUntil;
    private readonly int _undivided;

    // By destination: deliveries of claims that failed, and may turn out to be taken all the same.
    private readonly ConcurrentDictionary<string, IReadOnlyList<LeadDelivery>> _unsettled = new(StringComparer.Ordinal);

    // A check writes less than a lead: on a full disk it may fit where a lead didn't. Ticks; 0: the last one was stored.
    private long _notStoredAt;

    private SqliteLeadStore(SqliteDatabase database, DeduplicationKeys keys, DueSignal due, DateTimeOffset now, int undivided) =>
        (_database, _keys, _due, _aloneUntil, _undivided) = (database, keys, due, now + Interruption.AloneAfterStart, undivided);

    private static readonly TimeSpan NotStoredCountsFor = TimeSpan.FromSeconds(10);

    public TimeSpan LooksAgainAfter { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The file and its writer: tests copy the file on the writer's thread, as a kill would leave it.</summary>
    public SqliteDatabase Database => _database;

    /// <summary>
    /// Opens or makes the file and brings it to the newest version. Throws <see cref="StoreUnavailableException"/> with the reason.
    /// </summary>
    /// <param name="patience">How long another instance on the same file is waited for. Default 10 s.</param>
    /// <param name="undivided">See <see cref="LeadHalves"/>.</param>
    public static SqliteLeadStore Open(
        string path, DueSignal due, TimeProvider time, TimeSpan? patience = null, int undivided = LeadHalves.Undivided)
    {
        var keys = new DeduplicationKeys();
        var database = SqliteDatabase.Open(
            path,
            patience,
            session => InterruptionTable.EndAll(session, time.GetUtcNow()),
            keys.Committed,
            keys.RolledBack,
            reopened: () =>
            {
                // There may be leads that nobody was told of.
                keys.Forget();
                due.RaiseAll();
            });
        return new SqliteLeadStore(database, keys, due, time.GetUtcNow(), undivided);
    }

    public async Task<Acceptance> AcceptAsync(
        Lead lead, byte[] deduplicationKey, DateTimeOffset? repeatsSince, IReadOnlyList<PlannedDelivery> deliveries)
    {
        var found = LeadIndex.Entry.Of(lead, deliveries.Select(delivery => delivery.Destination));
        var acceptance = await TakeAsync(lead.ReceivedAt, session =>
        {
            if (repeatsSince is { } since
                && FindRepeated(session, lead.SharedRow, deduplicationKey, since) is { } known
                && LeadTable.Repeat(session, known, deduplicationKey, lead.ReceivedAt) is { } earlier)
            {
                return new Acceptance(earlier, IsRepeat: true);
            }

            var key = Insert(session, lead, found, deduplicationKey, deliveries, lead.ReceivedAt);
            if (repeatsSince is not null && lead.SharedRow is null)
            {
                _keys.Add(deduplicationKey, key, lead.ReceivedAt);
            }

            return new Acceptance(lead.Id, IsRepeat: false);
        });

        if (!acceptance.IsRepeat)
        {
            Raise(deliveries);
        }

        return acceptance;
    }

    public Task KeepRefusedAsync(RefusedBody body) => TakeAsync(body.ReceivedAt, session =>
    {
        RefusedTable.Insert(session, body);
        return true;
    });

    public async Task<Acceptance?> ReplayAsync(
        Lead lead, byte[] deduplicationKey, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now)
    {
        var found = LeadIndex.Entry.Of(lead, deliveries.Select(delivery => delivery.Destination));
        var acceptance = await _database.WriteAsync<Acceptance?>(session =>
        {
            if (!RefusedTable.Replay(session, lead.Id, by, now))
            {
                return null;
            }

            if (window > TimeSpan.Zero
                && FindReplayed(session, lead, deduplicationKey, window, now) is { } known
                && LeadTable.Repeat(session, known, deduplicationKey, now) is { } earlier)
            {
                RefusedTable.Repeats(session, lead.Id, earlier);
                AuditTable.Insert(session, known, AuditEntry.Repeated(now, by, lead.Id));
                return new Acceptance(earlier, IsRepeat: true);
            }

            var key = Insert(session, lead, found, deduplicationKey, deliveries, now);
            AuditTable.Insert(session, key, new AuditEntry(now, by, AuditEntry.Replayed));
            if (window > TimeSpan.Zero && lead.SharedRow is null)
            {
                _keys.Add(deduplicationKey, key, now);
            }

            return new Acceptance(lead.Id, IsRepeat: false);
        });
        if (acceptance is { IsRepeat: false })
        {
            Raise(deliveries);
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
        // Every lease is this program's own: what it still works on is held.
        now = due ?? now;
        // What an earlier claim may have taken, whose commit failed: nobody works on it.
        _ = _unsettled.TryGetValue(destination, out var unsettled);
        Claim? taken = null;
        try
        {
            var claim = await _database.WriteAsync(session =>
            {
                foreach (var delivery in unsettled ?? [])
                {
                    DeliveryTable.Release(session, delivery, now);
                }

                return taken = only is { } lead
                    ? Claims.TakeOnly(session, destination, lead, held, now, leaseEnd)
                    : Claims.Take(session, destination, most, held, now, leaseEnd, _aloneUntil);
            });
            if (unsettled is not null)
            {
                _unsettled.TryRemove(KeyValuePair.Create(destination, unsettled));
            }

            return claim;
        }
        catch (StoreUnavailableException exception) when (exception.MayBeStored && taken is { Deliveries.Count: > 0 })
        {
            _unsettled[destination] = [.. unsettled ?? [], .. taken.Deliveries];
            throw;
        }
    }

    public async Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request)
    {
        var packed = request is null ? null : RequestTable.Pack(request);
        var released = await _database.WriteAsync(session =>
        {
            if (EraseTables.MayQuoteErased(session, delivery))
            {
                (attempt, state, packed) = (PersonalDataEraser.Without(attempt), PersonalDataEraser.Without(state), null);
            }

            if (DeliveryTable.Record(session, delivery, attempt, state) is not { } number)
            {
                return null;
            }

            AttemptTable.Insert(session, delivery.Key, delivery.Destination, number, attempt);
            if (packed is not null)
            {
                RequestTable.Keep(session, delivery.Key, delivery.Destination, packed);
            }

            return WaitingTable.Follow(session, delivery.Key, delivery.Destination, state.Status, attempt.StartedAt + attempt.Duration);
        });
        if (delivery.Interruptions > 0)
        {
            // Others have waited until this one was tried alone.
            _due.RaiseAll();
        }

        RaiseAll(released ?? []);
        return released is not null;
    }

    public Task<bool> CountMailAsync(IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most) =>
        _database.WriteAsync(session => MailCountTable.Count(session, recipients, day, lead, most));

    public Task<Run?> FindRunAsync(LeadId id) =>
        _database.ReadAsync(session => LeadIndex.FindKey(session, id) is { } key ? RunReader.ReadWhole(session, key) : null);

    public Task<RefusedBody?> FindRefusedAsync(LeadId id) => _database.ReadAsync(session => RefusedTable.Find(session, id));

    public async Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default)
    {
        var ids = IdRange.Of(filter, before);
        var (page, rest) = await _database.ReadAsync(session => RunReader.ListNewest(session, filter, ids, take, _undivided), stop);
        if (rest is not var (newer, older))
        {
            return page;
        }

        // An id is in one part only and each run is read where it was found: none comes twice or in a state that it wasn't found by.
        var left = RunReader.Left(page, take);
        var found = await _database.ReadPairAsync(
            session => RunReader.List(session, filter, newer, left),
            session => RunReader.List(session, filter, older, left),
            first => RunReader.IsFull(page, first, take),
            stop);
        return RunReader.Join([page, .. found], take);
    }

    public Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) =>
        _database.ReadAsync(session => RefusedTable.List(session, filter, before, take, stop), stop);

    public async Task<int?> ResubmitAsync(LeadId id, string? destination, bool evenDelivered, string by, DateTimeOffset now)
    {
        var (count, due) = await _database.WriteAsync<(int?, IReadOnlyList<string>)>(session =>
            LeadIndex.FindKey(session, id) is { } key
                ? Resubmits.OfLead(session, key, destination, evenDelivered, by, now)
                : (null, []));
        RaiseAll(due);
        return count;
    }

    public async Task<int> ResubmitDeadLettersAsync(LeadId id, string? destination, string by, DateTimeOffset now)
    {
        var (count, due) = await _database.WriteAsync<(int, IReadOnlyList<string>)>(session =>
            LeadIndex.FindKey(session, id) is { } key ? Resubmits.DeadLettersOfLead(session, key, destination, by, now) : (0, []));
        RaiseAll(due);
        return count;
    }

    public Task<int?> DiscardAsync(LeadId id, string? destination, string reason, string by, DateTimeOffset now) =>
        _database.WriteAsync<int?>(session =>
        LeadIndex.FindKey(session, id) is { } key ? Resubmits.Discard(session, key, destination, reason, by, now) : null);

    public async Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to)
    {
        var days = new DayCounts(from, to);
        await _database.ReadPairAsync(
            CountLeads,
            session =>
            {
                SummaryTables.CountStates(session, days);
                return CountLeads(session);
            },
            _ => false);
        return days.Summary();

        bool CountLeads(SqliteSession session)
        {
            SummaryTables.CountLeads(session, days);
            return true;
        }
    }

    public TimeSpan ChecksAreSharedFor { get; } = TimeSpan.FromSeconds(1);

    public Task<RunSummary> SummariseRecentAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) => SummariseAsync(from, to);

    public async Task<Erasure> EraseAsync(string address, bool countOnly, LeadId? after, int most, string by, DateTimeOffset now)
    {
        var erased = await new Erasures(_database, new PersonalDataEraser(address), by, now).StepAsync(countOnly, after, most);
        if (!countOnly && erased.Leads + erased.Refused > 0)
        {
            await _database.EmptyLogAsync();
        }

        return erased;
    }

    public Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most) =>
        _database.WriteAsync(session => RemovalTables.Step(session, before, after, most));

    public Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except) =>
        _database.ReadAsync<IReadOnlyList<Lead>>(session => LeadTable.NewestOfGroup(session, groupId, except));

    public Task<Lead?> FindNewestAsync(SharedRow sharedRow) =>
        _database.ReadAsync(session =>
            LeadTable.FindNewestKey(session, sharedRow.RowId) is { } newest ? LeadTable.Read(session, newest) : null);

    public Task<IReadOnlyList<StoredValue>> FindValuesAsync(string scope) =>
        _database.ReadAsync<IReadOnlyList<StoredValue>>(session => KeyValueTable.Read(session, scope));

    public Task SetValueAsync(string scope, string key, string? value) => _database.WriteAsync(session =>
    {
        KeyValueTable.Record(session, scope, key, value);
        return true;
    });

    public Task<bool> ReplaceValueAsync(string scope, string key, string? expected, string value) => _database.WriteAsync(session =>
    {
        if (KeyValueTable.Read(session, scope).Find(item => item.Key == key)?.Value != expected)
        {
            return false;
        }

        KeyValueTable.Record(session, scope, key, value);
        return true;
    });

    public async Task<StoreState> CheckAsync(DateTimeOffset now)
    {
        if (now.UtcTicks - Volatile.Read(ref _notStoredAt) is >= 0 and var since && since < NotStoredCountsFor.Ticks)
        {
            throw new StoreUnavailableException("What was posted last could not be stored.");
        }

        await _database.WriteAsync(session => StateTable.Write(session, now));
        return await _database.ReadAsync(session => StateTable.Read(session, now));
    }

    /// <summary>More than once, too: the container has it under each of its roles.</summary>
    public void Dispose() => _database.Dispose();

    /// <summary>Stores what was posted, and remembers when that fails.</summary>
    private async Task<T> TakeAsync<T>(DateTimeOffset receivedAt, Func<SqliteSession, T> work)
    {
        try
        {
            var taken = await _database.WriteAsync(work);
            Volatile.Write(ref _notStoredAt, 0);
            return taken;
        }
        catch (StoreUnavailableException)
        {
            Volatile.Write(ref _notStoredAt, receivedAt.UtcTicks);
            throw;
        }
    }

    private long? FindRepeated(SqliteSession session, SharedRow? sharedRow, byte[] deduplicationKey, DateTimeOffset since) =>
        sharedRow is null
            ? _keys.Find(session, deduplicationKey, since)
            : LeadTable.FindRepeated(session, sharedRow, deduplicationKey, since);

    /// <summary>Of a shared row there are few leads, and any since then is the same one.</summary>
    private long? FindReplayed(SqliteSession session, Lead lead, byte[] deduplicationKey, TimeSpan window, DateTimeOffset now) =>
        lead.SharedRow is { } sharedRow
            ? LeadTable.FindRepeated(session, sharedRow, deduplicationKey, lead.ReceivedAt - window)
            : _keys.Find(session, deduplicationKey, now - window)
                ?? DeduplicationKeys.FindAround(session, deduplicationKey, lead.ReceivedAt, window);

    private static long Insert(
        SqliteSession session,
        Lead lead,
        LeadIndex.Entry found,
        byte[] deduplicationKey,
        IReadOnlyList<PlannedDelivery> deliveries,
        DateTimeOffset due)
    {
        var key = LeadTable.Insert(session, lead, deduplicationKey, found.Text.Utf8);
        LeadIndex.Insert(session, key, lead.Id, deduplicationKey, found);
        foreach (var delivery in deliveries)
        {
            DeliveryTable.Insert(session, key, delivery, due);
        }

        return key;
    }

    private void Raise(IReadOnlyList<PlannedDelivery> deliveries) =>
        RaiseAll(deliveries.Where(delivery => delivery.After is null).Select(delivery => delivery.Destination));

    private void RaiseAll(IEnumerable<string> destinations)
    {
        foreach (var destination in destinations)
        {
            _due.Raise(destination);
        }
    }
}
