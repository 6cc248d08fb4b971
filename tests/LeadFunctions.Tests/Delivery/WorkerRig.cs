using System.Collections.Concurrent;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadFunctions.Tests.Delivery;

/// <summary>One worker between the real store, which can be made to fail, and a destination that the test speaks for.</summary>
internal sealed class WorkerRig : IAsyncDisposable
{
    private static readonly LeadId Appointment = new(Guid.Parse("5f9c1b1a-0000-8000-8000-000000000001"));

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly SqliteLeadStore _sqlite;
    private readonly Task _running;

    /// <param name="hold">What an answer waits for; null: nothing.</param>
    public WorkerRig(Func<Lead, DeliveryOutcome> answer, Func<Lead, Task>? hold = null, bool keepsRow = true)
    {
        var due = new DueSignal();
        _sqlite = SqliteLeadStore.Open(_folder.File("leads.db"), due, Time);
        Store = new UnreliableStore(_sqlite);
        var options = new DeliveryOptions(DeliveryOptions.DefaultSchedule, 4, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2));
        var destination = new SpokenFor(async lead =>
        {
            await (hold?.Invoke(lead) ?? Task.CompletedTask);
            Sent.Enqueue(lead.Id);
            return answer(lead);
        });
        var configured = new ConfiguredDestination(
            DestinationKind.File,
            new DestinationRoute("crm", [], [], new Dictionary<string, IReadOnlyList<string>>()) { KeepsRow = keepsRow },
            _ => destination);
        var attempter = new DeliveryAttempter(configured, null!, Store, new DestinationTroubles(Store, Time), options, Time, new Random(1), NullLogger.Instance);
        Worker = new DestinationLoop(attempter, Store, due, options, Time, NullLogger.Instance);
        _running = Task.Run(() => Worker.RunAsync(_stop.Token, _abandon.Token));
    }

    public ManualTime Time { get; } = new();

    public UnreliableStore Store { get; }

    public DestinationLoop Worker { get; }

    /// <summary>The leads that were sent, in the order of the attempts.</summary>
    public ConcurrentQueue<LeadId> Sent { get; } = new();

    public async Task<LeadId> KeepAsync()
    {
        var lead = Posted.Lead(Samples.Documented, Time.GetUtcNow());
        await Store.AcceptAsync(lead, lead.Id.Value.ToByteArray(), null, [new PlannedDelivery("crm")]);
        return lead.Id;
    }

    /// <summary>Keeps an event of one appointment.</summary>
    public async Task<LeadId> KeepEventAsync(string eventName, long order, string body, params IReadOnlyList<PlannedDelivery> deliveries)
    {
        var lead = Posted.Lead(body, Time.GetUtcNow()) with { Source = Sources.Bookings, Event = eventName, SharedRow = new SharedRow(Appointment, EventOrder.FromStored(order)) };
        await Store.AcceptAsync(lead, lead.Id.Value.ToByteArray(), null, deliveries);
        return lead.Id;
    }

    public async Task<RunDelivery> DeliveryAsync(LeadId id) => (await Store.FindRunAsync(id))!.Deliveries.Single();

    /// <summary>What an attempt that is cut off notices of it.</summary>
    public CancellationToken Abandoned => _abandon.Token;

    /// <summary>Stops the worker without waiting for what is under way.</summary>
    public async Task CutOffAsync()
    {
        await _stop.CancelAsync();
        await _abandon.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        Store.FailsToClaim = Store.FailsToRecord = Store.FailsToFindNewest = false;
        await _stop.CancelAsync();
        while (!_running.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(_running, Task.Delay(10));
        }

        _sqlite.Dispose();
        _stop.Dispose();
        _abandon.Dispose();
        _folder.Dispose();
    }

    private sealed class SpokenFor(Func<Lead, Task<DeliveryOutcome>> answer) : IDestination
    {
        public Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop) => answer(delivery.Lead);

        public string Preview(LeadDelivery delivery) => delivery.Lead.Id.ToString();

        public Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop) => Task.FromResult<IReadOnlyList<CheckResult>>([]);
    }
}
