using LeadFunctions.Appointments.Graph;
using LeadFunctions.Delivery;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeadFunctions.Tests.Appointments.Graph;

/// <summary>The poller within the whole program: in the background, and at the timer's call.</summary>
public sealed class BookingsPollerTests(SharedAzurite azurite) : IAsyncLifetime
{
    private const string Business = "contoso@contoso.example";

    private readonly ManualTime _time = new();
    private FakeGraph _graph = null!;

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        _graph.AddBusiness(Business);
        _graph.Put(Business, Booked.Appointment("a", _time.GetUtcNow() + TimeSpan.FromDays(2), _time.GetUtcNow(), 1, Booked.Customer("adele")));
    }

    public ValueTask DisposeAsync() => _graph.DisposeAsync();

    [Fact]
    public async Task It_looks_at_the_start_and_then_each_interval_and_what_it_finds_is_delivered()
    {
        await using var app = await LeadApp.StartAsync(Settings(), _time);
        await Eventually.TrueAsync(() => app.Folder.Holds("crm.jsonl") && Read(app).EndsWith('\n'), "the row is there");
        Assert.Contains("Initial consultation (booked)", await File.ReadAllTextAsync(app.Folder.File("crm.jsonl"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        _graph.Cancel(Business, "a");
        await Eventually.TrueAsync(() => _time.HasTimerAt(_time.GetUtcNow() + TimeSpan.FromMinutes(5)), "it waits for the next look");
        _time.Advance(TimeSpan.FromMinutes(5));

        await Eventually.TrueAsync(() => Read(app).Contains("(cancelled)", StringComparison.Ordinal), "the same row says that it is cancelled");
        Assert.Single(await File.ReadAllLinesAsync(app.Folder.File("crm.jsonl"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_business_that_can_t_be_read_holds_up_no_other()
    {
        await using var app = await LeadApp.StartAsync(Settings("nobody@contoso.example," + Business), _time);

        await Eventually.TrueAsync(async () => (await app.Store.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items.Count == 1, "the other one is read");
    }

    [Fact]
    public async Task Under_the_host_the_timers_call_looks_when_it_is_time()
    {
        await using var app = await StartBehindHostAsync(Settings());
        var poller = app.App.Services.GetRequiredService<BookingsPoller>();

        await poller.PollDueAsync(TestContext.Current.CancellationToken);
        Assert.Single((await app.Store.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items);

        var asked = _graph.Requests.Count;
        await poller.PollDueAsync(TestContext.Current.CancellationToken);
        Assert.Equal(asked, _graph.Requests.Count);
    }

    [Fact]
    public async Task Under_the_host_with_a_shared_store_nothing_but_the_timers_call_looks()
    {
        // Each function has instances of its own there, and all of them would ask.
        await using var app = await StartInAzureAsync(Settings());
        Assert.DoesNotContain(app.App.Services.GetServices<IHostedService>(), service => service is BookingsPoller or DeliveryLoops);
        Assert.Empty(_graph.Requests);

        await app.App.Services.GetRequiredService<BookingsPoller>().PollDueAsync(TestContext.Current.CancellationToken);

        Assert.Single((await app.Store.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items);
    }

    [Fact]
    public async Task A_business_whose_look_was_cut_off_comes_after_the_others_the_next_time()
    {
        const string Other = "fabrikam@contoso.example";
        _graph.AddBusiness(Other);
        await using var app = await StartInAzureAsync(Settings($"{Business},{Other}"));
        var poller = app.App.Services.GetRequiredService<BookingsPoller>();
        using var end = new CancellationTokenSource();
        using (var gate = _graph.Hold())
        {
            var call = poller.PollDueAsync(end.Token);
            await _graph.WaitForAsync(() => _graph.InFlight == 1);
            await end.CancelAsync();
            await call;
        }

        var cut = Assert.Single(_graph.Requests).Path;
        await poller.PollDueAsync(TestContext.Current.CancellationToken);

        Assert.Contains(Business, Uri.UnescapeDataString(cut), StringComparison.Ordinal);
        Assert.Contains(Other, Uri.UnescapeDataString(_graph.Requests[1].Path), StringComparison.Ordinal);
        Assert.Contains(_graph.Requests.Skip(2), request => Uri.UnescapeDataString(request.Path).Contains(Business, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(265, false)]
    [InlineData(275, true)]
    public async Task Calls_a_minute_apart_look_at_the_one_that_is_nearest(int seconds, bool looks)
    {
        await using var app = await StartInAzureAsync(Settings());
        var poller = app.App.Services.GetRequiredService<BookingsPoller>();
        await poller.PollDueAsync(TestContext.Current.CancellationToken);
        var asked = _graph.Requests.Count;

        _time.Advance(TimeSpan.FromSeconds(seconds));
        await poller.PollDueAsync(TestContext.Current.CancellationToken);

        Assert.Equal(looks, _graph.Requests.Count > asked);
    }

    [Fact]
    public async Task Told_to_wait_longer_than_the_interval_it_waits_so_long()
    {
        _graph.Always = Fault.Status(429, FakeGraph.ErrorBody("TooManyRequests", "Too many requests."), "application/json", ("Retry-After", "3600"));
        await using var app = await LeadApp.StartAsync(Settings(), _time);

        await Eventually.TrueAsync(() => _time.HasTimerAt(_time.GetUtcNow() + TimeSpan.FromHours(1)), "it waits for an hour");
        Assert.Single(_graph.Requests);
    }

    [Fact]
    public async Task The_wait_counts_from_the_answer_however_long_that_took()
    {
        _graph.Always = Fault.Status(429, FakeGraph.ErrorBody("TooManyRequests", "Too many requests."), "application/json", ("Retry-After", "3600"));
        using var gate = _graph.Hold();
        await using var app = await LeadApp.StartAsync(Settings(), _time);
        await _graph.WaitForAsync(() => _graph.InFlight == 1);
        _time.Advance(TimeSpan.FromSeconds(20));
        var answered = _time.GetUtcNow();

        gate.Release();

        await Eventually.TrueAsync(() => _time.HasTimerAt(answered + TimeSpan.FromHours(1)), "it waits for an hour");
    }

    private async Task<LeadApp> StartInAzureAsync((string Key, string Value)[] settings) =>
        await StartBehindHostAsync([.. settings, .. (await azurite.GetAsync()).NewHostStore()]);

    private Task<LeadApp> StartBehindHostAsync((string Key, string Value)[] settings) => LeadApp.StartAsync(
        [.. settings, (StartEnvironment.HostAddress, "http://127.0.0.1:1/"), ("Runs:Keys:0", "a-key-for-the-run-history")], _time);

    private static string Read(LeadApp app) => File.ReadAllText(app.Folder.File("crm.jsonl"));

    private (string Key, string Value)[] Settings(string businesses = Business) =>
        [("Bookings:Businesses", businesses), ("Bookings:GraphUrl", _graph.Url.ToString()), ("Bookings:Auth", "None")];
}
