using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Delivery;

/// <summary>Whose trouble is noted, and when it is over.</summary>
public sealed class DestinationTroublesTests : IDisposable
{
    private static readonly DeliveryOutcome Away = new DeliveryOutcome.Retry(503, "It is away.");
    private static readonly DeliveryOutcome Arrived = new DeliveryOutcome.Delivered(204);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly SqliteLeadStore _store;

    public DestinationTroublesTests() => _store = SqliteLeadStore.Open(_folder.File("leads.db"), new DueSignal(), _time);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_one_instance_noted_is_over_when_another_delivers()
    {
        var (gone, alive) = (new DestinationTroubles(_store, _time), new DestinationTroubles(_store, _time));
        await NoteAsync(alive, Arrived);
        await NoteAsync(gone, Away);
        Assert.Equal(["crm"], (await alive.FindAsync()).Keys);

        _time.Advance(TimeSpan.FromMinutes(1));
        await NoteAsync(alive, Arrived);

        Assert.Empty(await alive.FindAsync());
    }

    [Fact]
    public async Task An_answer_that_comes_while_a_failure_is_noted_ends_it()
    {
        var slow = new HeldStore(_store);
        var troubles = new DestinationTroubles(slow, _time);
        var failing = NoteAsync(troubles, Away);
        await NoteAsync(troubles, Arrived);

        slow.LetGo();
        await failing;

        Assert.Empty(await troubles.FindAsync());
    }

    [Fact]
    public async Task While_it_works_the_store_is_looked_at_once_a_minute()
    {
        var counted = new HeldStore(_store);
        counted.LetGo();
        var troubles = new DestinationTroubles(counted, _time);
        for (var second = 0; second < 120; second++)
        {
            await NoteAsync(troubles, Arrived);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, counted.Looks);
    }

    private static Task NoteAsync(DestinationTroubles troubles, DeliveryOutcome outcome) =>
        troubles.NoteAsync(new LeadDelivery(1, Posted.Lead(Samples.Documented), "crm", 1, 0), outcome, null);

    /// <summary>The real store, whose first look is held back.</summary>
    private sealed class HeldStore(IKeyValueStore store) : IKeyValueStore
    {
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Looks { get; private set; }

        public void LetGo() => _go.TrySetResult();

        public async Task<IReadOnlyList<StoredValue>> FindValuesAsync(string scope)
        {
            if (Looks++ == 0)
            {
                await _go.Task;
            }

            return await store.FindValuesAsync(scope);
        }

        public Task SetValueAsync(string scope, string key, string? value) => store.SetValueAsync(scope, key, value);

        public Task<bool> ReplaceValueAsync(string scope, string key, string? expected, string value) => store.ReplaceValueAsync(scope, key, expected, value);
    }
}
