using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Delivery;

/// <summary>A real store that a test can take away from a worker, or let others write to at a bad moment.</summary>
internal sealed class UnreliableStore(ILeadStore store) : ILeadStore
{
    private int _failures;

    public volatile bool FailsToClaim;

    public volatile bool FailsToRecord;

    public volatile bool FailsToNote;

    public volatile bool FailsToFindNewest;

    /// <summary>What another program does, once, before anything is accepted.</summary>
    public Lazy<Task>? BeforeAccepting { get; init; }

    /// <summary>Told before each step of a removal, from where on.</summary>
    public Action<LeadId?>? Removing { get; init; }

    /// <summary>What another instance does, once, between what this one finds and what it makes of it.</summary>
    public Lazy<Task>? AfterChecking { get; init; }

    /// <summary>What happens while the store claims.</summary>
    public volatile Action? WhileClaiming;

    /// <summary>How often something was asked for in vain.</summary>
    public int Failures => Volatile.Read(ref _failures);

    public TimeSpan LooksAgainAfter => store.LooksAgainAfter;

    public async Task<Acceptance> AcceptAsync(Lead lead, byte[] fingerprint, DateTimeOffset? repeatsSince, IReadOnlyList<PlannedDelivery> deliveries)
    {
        await (BeforeAccepting?.Value ?? Task.CompletedTask);
        return await store.AcceptAsync(lead, fingerprint, repeatsSince, deliveries);
    }

    public Task KeepRefusedAsync(RefusedBody body) => store.KeepRefusedAsync(body);

    public Task<Acceptance?> ReplayAsync(Lead lead, byte[] fingerprint, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now) =>
        store.ReplayAsync(lead, fingerprint, window, deliveries, by, now);

    public async Task<Claim> ClaimAsync(string destination, int most, IReadOnlyCollection<long> held, DateTimeOffset now, DateTimeOffset leaseEnd, LeadId? only = null, DateTimeOffset? due = null)
    {
        var claim = FailsToClaim ? throw Away() : await store.ClaimAsync(destination, most, held, now, leaseEnd, only, due);
        WhileClaiming?.Invoke();
        return claim;
    }

    public Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request) =>
        FailsToRecord ? throw Away() : store.RecordAsync(delivery, attempt, state, request);

    public Task<bool> CountMailAsync(IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most) =>
        FailsToRecord ? throw Away() : store.CountMailAsync(recipients, day, lead, most);

    public Task<Run?> FindRunAsync(LeadId id) => store.FindRunAsync(id);

    public Task<RefusedBody?> FindRefusedAsync(LeadId id) => store.FindRefusedAsync(id);

    public Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) => store.ListRunsAsync(filter, before, take, stop);

    public Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) => store.ListRefusedAsync(filter, before, take, stop);

    public Task<int?> ResubmitAsync(LeadId id, string? destination, bool evenDelivered, string by, DateTimeOffset now) => store.ResubmitAsync(id, destination, evenDelivered, by, now);

    public Task<int> ResubmitDeadLettersAsync(LeadId id, string? destination, string by, DateTimeOffset now) => store.ResubmitDeadLettersAsync(id, destination, by, now);

    public Task<int?> DiscardAsync(LeadId id, string? destination, string reason, string by, DateTimeOffset now) => store.DiscardAsync(id, destination, reason, by, now);

    public Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to) => store.SummariseAsync(from, to);

    public TimeSpan ChecksAreSharedFor => store.ChecksAreSharedFor;

    public Task<RunSummary> SummariseRecentAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) => store.SummariseRecentAsync(from, to, now);

    public Task<Erasure> EraseAsync(string address, bool countOnly, LeadId? after, int most, string by, DateTimeOffset now) =>
        store.EraseAsync(address, countOnly, after, most, by, now);

    public Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most)
    {
        Removing?.Invoke(after);
        return store.RemoveFinishedAsync(before, after, most);
    }

    public Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except) => store.FindGroupAsync(groupId, except);

    public Task<Lead?> FindNewestAsync(SharedRow sharedRow) => FailsToFindNewest ? throw Away() : store.FindNewestAsync(sharedRow);

    public Task<bool> ReplaceValueAsync(string scope, string key, string? expected, string value) => store.ReplaceValueAsync(scope, key, expected, value);

    public Task<IReadOnlyList<StoredValue>> FindValuesAsync(string scope) => store.FindValuesAsync(scope);

    public Task SetValueAsync(string scope, string key, string? value) =>
        FailsToNote ? throw Away() : store.SetValueAsync(scope, key, value);

    public async Task<StoreState> CheckAsync(DateTimeOffset now)
    {
        var state = await store.CheckAsync(now);
        await (AfterChecking?.Value ?? Task.CompletedTask);
        return state;
    }

    private StoreUnavailableException Away()
    {
        Interlocked.Increment(ref _failures);
        return new StoreUnavailableException("The disk is away.");
    }
}
