using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Simulation;

/// <summary>
/// The real store as a program uses it in a simulation: each call takes its time, some fail, of some the answer is lost, and the program
/// may be killed right after one. The call itself is made at one moment, while nothing else happens.
/// </summary>
internal sealed class SimulatedStore(ILeadStore store, bool isShared, SimulatedWorld world, SimulatedProgram program) : ILeadStore
{
    public TimeSpan LooksAgainAfter => isShared && world.LooksRarely ? TimeSpan.FromMinutes(2) : store.LooksAgainAfter;

    public TimeSpan ChecksAreSharedFor => store.ChecksAreSharedFor;

    public Task<Acceptance> AcceptAsync(
        Lead lead, byte[] fingerprint, DateTimeOffset? repeatsSince, IReadOnlyList<PlannedDelivery> deliveries) =>
        WriteAsync(() => store.AcceptAsync(lead, fingerprint, repeatsSince, deliveries));

    public Task KeepRefusedAsync(RefusedBody body) => WriteAsync(() => Done(store.KeepRefusedAsync(body)));

    public Task<Acceptance?> ReplayAsync(
        Lead lead, byte[] fingerprint, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now) =>
        WriteAsync(() => store.ReplayAsync(lead, fingerprint, window, deliveries, by, now));

    public Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except) =>
        ReadAsync(() => store.FindGroupAsync(groupId, except));

    // The store itself settles what became of a claim whose commit failed: to it, an answer can't get lost on the way.
    public Task<Claim> ClaimAsync(
        string destination,
        int most,
        IReadOnlyCollection<long> held,
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        LeadId? only = null,
        DateTimeOffset? due = null) =>
        ReadAsync(() => store.ClaimAsync(destination, most, held, now, leaseEnd, only, due));

    public async Task<bool> RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request) =>
        await WriteAsync(async () =>
        {
            var recorded = await store.RecordAsync(delivery, attempt, state, request);
            world.Recorded(delivery, state, recorded);
            return recorded;
        });

    public Task<bool> CountMailAsync(IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most) =>
        WriteAsync(() => store.CountMailAsync(recipients, day, lead, most));

    public Task<Lead?> FindNewestAsync(SharedRow sharedRow) => ReadAsync(() => store.FindNewestAsync(sharedRow));

    public Task<Run?> FindRunAsync(LeadId id) => ReadAsync(() => store.FindRunAsync(id));

    public Task<RefusedBody?> FindRefusedAsync(LeadId id) => ReadAsync(() => store.FindRefusedAsync(id));

    public Task<Page<Run>> ListRunsAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) =>
        ReadAsync(() => store.ListRunsAsync(filter, before, take, stop));

    public Task<Page<RefusedBody>> ListRefusedAsync(RunFilter filter, LeadId? before, int take, CancellationToken stop = default) =>
        ReadAsync(() => store.ListRefusedAsync(filter, before, take, stop));

    public Task<RunSummary> SummariseAsync(DateTimeOffset from, DateTimeOffset to) => ReadAsync(() => store.SummariseAsync(from, to));

    public Task<RunSummary> SummariseRecentAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) =>
        ReadAsync(() => store.SummariseRecentAsync(from, to, now));

    public Task<RemovalStep> RemoveFinishedAsync(DateTimeOffset before, LeadId? after, int most) =>
        WriteAsync(() => store.RemoveFinishedAsync(before, after, most));

    public Task<StoreState> CheckAsync(DateTimeOffset now) => ReadAsync(() => store.CheckAsync(now));

    public Task<int?> ResubmitAsync(LeadId id, string? destination, bool evenDelivered, string by, DateTimeOffset now) =>
        WriteAsync(() => store.ResubmitAsync(id, destination, evenDelivered, by, now));

    public Task<int> ResubmitDeadLettersAsync(LeadId id, string? destination, string by, DateTimeOffset now) =>
        WriteAsync(() => store.ResubmitDeadLettersAsync(id, destination, by, now));

    public Task<int?> DiscardAsync(LeadId id, string? destination, string reason, string by, DateTimeOffset now) =>
        WriteAsync(() => store.DiscardAsync(id, destination, reason, by, now));

    public Task<Erasure> EraseAsync(string address, bool countOnly, LeadId? after, int most, string by, DateTimeOffset now) =>
        WriteAsync(() => store.EraseAsync(address, countOnly, after, most, by, now));

    public Task<IReadOnlyList<StoredValue>> FindValuesAsync(string scope) => ReadAsync(() => store.FindValuesAsync(scope));

    public Task SetValueAsync(string scope, string key, string? value) =>
        WriteAsync(() => Done(store.SetValueAsync(scope, key, value)));

    public Task<bool> ReplaceValueAsync(string scope, string key, string? expected, string value) =>
        WriteAsync(() => store.ReplaceValueAsync(scope, key, expected, value));

    private Task<T> ReadAsync<T>(Func<Task<T>> call) => CallAsync(call, answerMayGetLost: false);

    private Task<T> WriteAsync<T>(Func<Task<T>> call) => CallAsync(call, answerMayGetLost: true);

    private async Task<T> CallAsync<T>(Func<Task<T>> call, bool answerMayGetLost)
    {
        if (isShared)
        {
            // What can happen happens to its requests.
            return await call();
        }

        var fate = world.NextStoreFate();
        await world.Loop.WaitAsync(fate.Before, program.Context);
        if (fate.IsAway)
        {
            throw new StoreUnavailableException("The simulated disk is away.");
        }

        var answer = SimulatedLoop.Outside(call);
        if (fate.KillsAfterwards)
        {
            program.Kill();
        }

        await world.Loop.WaitAsync(fate.After, program.Context);
        return fate.LosesAnswer && answerMayGetLost
            ? throw new StoreUnavailableException("The simulated disk said nothing.") { MayBeStored = true }
            : answer;
    }

    private static async Task<bool> Done(Task call)
    {
        await call;
        return true;
    }
}
