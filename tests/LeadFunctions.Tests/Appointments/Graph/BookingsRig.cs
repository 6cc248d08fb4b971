using System.Text.Json.Nodes;
using LeadFunctions.Appointments;
using LeadFunctions.Appointments.Graph;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments.Graph;

/// <summary>The reader between a Graph and the real store, on a clock that the test moves.</summary>
internal sealed class BookingsRig : IAsyncDisposable
{
    public const string Business = "Contoso@contoso.example";

    private readonly TemporaryFolder _folder = new(inMemory: true);
    private readonly RemoteClient _remote = new();
    private readonly LogLines<BookingsReader> _logs = new();
    private SqliteLeadStore _store;

    private BookingsRig(FakeGraph graph, bool takeExisting)
    {
        Graph = graph;
        Options = new BookingsOptions(
            [Business], graph.Url, new EntraSignIn(EntraAuth.None, null, null, null, null), TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), TimeSpan.FromDays(365), takeExisting);
        _store = Open();
        Reader = NewReader();
    }

    public FakeGraph Graph { get; }

    public ManualTime Time { get; } = new();

    public DateTimeOffset Now => Time.GetUtcNow();

    public BookingsOptions Options { get; set; }

    public ILeadStore Store => _store;

    public BookingsReader Reader { get; private set; }

    /// <summary>What the reader logged.</summary>
    public IReadOnlyCollection<(string Message, Exception? Exception)> Log => _logs.Lines;

    public static async Task<BookingsRig> StartAsync(bool takeExisting = true)
    {
        var graph = await FakeGraph.StartAsync();
        graph.AddBusiness(Business);
        return new BookingsRig(graph, takeExisting);
    }

    /// <summary>Another instance on the same store, or the same one with other options.</summary>
    public BookingsReader NewReader(ILeadStore? otherStore = null)
    {
        var store = otherStore ?? _store;
        var intake = new IntakeOptions([], 262_144, TimeSpan.FromDays(1), 0);
        var inbox = new LeadInbox(store, [new DestinationRoute("crm", [], [], new Dictionary<string, IReadOnlyList<string>>())], intake, Time);
        var calendar = new GraphCalendar(new GraphClient(Options, _remote, Time, null), Options.Graph);
        var polled = new PolledEventIntake(inbox, new AppointmentRecorder(inbox, store, store), Time);
        return new BookingsReader(Options, calendar, new StaffDirectory(calendar, Time), polled, store, Time, _logs);
    }

    public void Restart()
    {
        _store.Dispose();
        _store = Open();
        Reader = NewReader();
    }

    public void Put(JsonObject appointment) => Graph.Put(Business, appointment);

    public Task<int> LookAsync() => Reader.ReadAsync(Business, TestContext.Current.CancellationToken);

    /// <summary>Every lead, in the order of arrival.</summary>
    public async Task<IReadOnlyList<Lead>> LeadsAsync()
    {
        var leads = new List<Lead>();
        LeadId? next = null;
        do
        {
            var page = await Store.ListRunsAsync(new RunFilter(), next, 500);
            leads.AddRange(page.Items.Select(run => run.Lead));
            next = page.Next;
        }
        while (next is not null);
        return [.. leads.AsEnumerable().Reverse()];
    }

    public async Task<string[]> EventsAsync() => [.. (await LeadsAsync()).Select(lead => $"{lead.Event} {lead.Content.Text("Id")}")];

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        _remote.Dispose();
        await Graph.DisposeAsync();
        _folder.Dispose();
    }

    private SqliteLeadStore Open() => SqliteLeadStore.Open(_folder.File("leads.db"), new DueSignal(), Time);
}
