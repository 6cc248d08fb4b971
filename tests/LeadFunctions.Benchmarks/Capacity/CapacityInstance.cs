using System.Security.Cryptography;
using System.Text;
using Azure;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadFunctions.Benchmarks.Capacity;

/// <summary>
/// One instance of the function app: the real store, queue and delivery on the simulation's clock, called by messages as host.json says.
/// Its destinations answer at once, and its own work takes no time.
/// </summary>
internal sealed class CapacityInstance : IDisposable
{
    /// <summary>At a destination, so that the account is what limits.</summary>
    private const int Concurrency = 128;

    private static readonly QueueSettings Host = QueueSettings.Read(AppContext.BaseDirectory);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(100);

    private readonly SimulatedLoop _loop;
    private readonly SimulatedContext _context;
    private readonly LimitedQueue _messages;
    private readonly DeliveryQueueSender _queue;
    private readonly AzureLeadStore _store;
    private readonly QueueTriggeredDelivery _delivery;
    private int _running;

    public CapacityInstance(SimulatedLoop loop, AccountLimits limits, SimulatedTable table, LimitedQueue messages)
    {
        (_loop, _messages, _context) = (loop, messages, new SimulatedContext(loop));
        var time = new SimulatedTime(loop, _context);
        var account = StorageAccount.WithClients(
            "capacity",
            _ => new LimitedTableClient(table, limits, _context),
            _ => new LimitedQueueClient(messages, _context));
        _queue = new DeliveryQueueSender(account, time, NullLogger.Instance);
        _store = SimulatedLoop.Outside(() => AzureLeadStore.OpenAsync(account, "LeadFunctions", new DueSignal(), _queue));
        ConfiguredDestination[] destinations = [.. new[] { "crm", "mail" }.Select(name => new ConfiguredDestination(
            DestinationKind.File,
            new DestinationRoute(name, [], [], new Dictionary<string, IReadOnlyList<string>>()) { KeepsRow = true },
            _ => new AtOnce(() => Arrived++)))];
        var options = new DeliveryOptions(DeliveryOptions.DefaultSchedule, Concurrency, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2));
        var logger = NullLogger<QueueTriggeredDelivery>.Instance;
        var troubles = new DestinationTroubles(_store, time);
        _delivery = new QueueTriggeredDelivery(destinations, null!, _store, _queue, troubles, options, time, new Random(1), logger);
    }

    /// <summary>Deliveries that were made.</summary>
    public int Arrived { get; private set; }

    /// <summary>Begins something in the instance.</summary>
    public void Run(Func<Task> act) => _context.Post(async _ => await act(), null);

    public Task WaitAsync(TimeSpan wait) => _loop.WaitAsync(wait, _context);

    /// <param name="partitions">Over how many leads are spread.</param>
    /// <returns>Null: the storage was too busy. Its sender would come again.</returns>
    public async Task<LeadId?> PostAsync(int number, int partitions)
    {
        var print = SHA256.HashData(BitConverter.GetBytes(number))[..16];
        print[^1] = (byte)(print[^1] % partitions);
        var person = $"\"FirstName\":\"Some\",\"LastName\":\"One\",\"Email\":\"one{number}@contoso.example\",\"Company\":\"Contoso\"";
        var text = $"{{\"LeadSource\":\"AzureMarketplace\",\"OfferTitle\":\"Offer {number}\",\"UserDetails\":{{{person}}}}}";
        var id = LeadId.New(_loop.Now).InPartition(LeadId.PartitionFor(null, print));
        var lead = new Lead(id, Sources.Marketplace, null, _loop.Now, new LeadContent(Encoding.UTF8.GetBytes(text)));
        try
        {
            await _store.AcceptAsync(lead, print, _loop.Now - TimeSpan.FromDays(1), [new PlannedDelivery("crm"), new PlannedDelivery("mail")]);
            return id;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>A message for one lead, as the host would bring it.</summary>
    public Task DeliverAsync(LeadId lead) => _delivery.DeliverAsync($"{lead}", CancellationToken.None);

    /// <summary>Takes messages as the host does: a batch, and another when few are left; an idle queue is asked ever less often.</summary>
    public async Task ReadAsync()
    {
        for (var wait = ShortestPoll; ;)
        {
            var taken = _running > Host.NewBatchThreshold ? [] : await TakeAsync();
            foreach (var (number, text) in taken)
            {
                _running++;
                Run(() => CallAsync(number, text));
            }

            wait = taken.Count > 0 || _running > 0 ? ShortestPoll : TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, Host.MaxPollingInterval.Ticks));
            await _loop.WaitAsync(taken.Count > 0 ? TimeSpan.Zero : wait, _context);
        }
    }

    public void Dispose()
    {
        _context.IsOver = true;
        _delivery.Dispose();
        _store.Dispose();
        _queue.Dispose();
    }

    private async Task<IReadOnlyList<(long Number, string Text)>> TakeAsync()
    {
        try
        {
            return await _messages.ReceiveAsync(_context, Host.BatchSize, Host.LostAfter);
        }
        catch (RequestFailedException)
        {
            return [];
        }
    }

    private async Task CallAsync(long number, string text)
    {
        await _delivery.DeliverAsync(text, CancellationToken.None);
        _running--;
        try
        {
            await _messages.DeleteAsync(_context, number);
        }
        catch (RequestFailedException)
        {
            // It comes again, and nothing is due.
        }
    }

    private sealed class AtOnce(Action arrived) : IDestination
    {
        public Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop)
        {
            arrived();
            return Task.FromResult<DeliveryOutcome>(new DeliveryOutcome.Delivered(204));
        }

        public string Preview(LeadDelivery delivery) => "";

        public Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop) =>
            Task.FromResult<IReadOnlyList<CheckResult>>([]);
    }
}
