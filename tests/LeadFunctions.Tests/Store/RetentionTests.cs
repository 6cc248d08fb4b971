using System.Globalization;
using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Store;

public sealed class RetentionTests
{
    private const string Gone = "gone";

    private static readonly TimeSpan Age = TimeSpan.FromDays(30);

    private static (string, string)[] BehindHost => [(StartEnvironment.HostAddress, "http://127.0.0.1:1/"), ("Runs:Keys:0", "a-key-for-the-run-history")];

    private readonly ManualTime _time = new();

    [Fact]
    public async Task What_is_finished_and_old_goes_in_steps_while_posts_are_taken_and_the_rest_stays()
    {
        const int Finished = 450;
        const int Refused = 250;
        await using var app = await LeadApp.StartAsync([("Store:Retention", Age.ToString())], _time);
        var finished = await Task.WhenAll(Enumerable.Range(0, Finished).Select(_ => app.Store.KeepAsync(_time.GetUtcNow(), Gone)));
        await Task.WhenAll((await app.Store.TakeAsync(_time.GetUtcNow(), Finished, Gone)).Deliveries.Select(delivery => app.Store.DeliveredAsync(delivery, _time.GetUtcNow())));
        await app.Store.AcceptAsync(Posted.Lead(Samples.Documented), StoreCalls.PrintOf(finished[0]), _time.GetUtcNow() - TimeSpan.FromDays(1), [Gone]);
        await Task.WhenAll(Enumerable.Range(0, Refused).Select(_ => KeepRefusedAsync(app.Store)));
        var dead = await app.Store.KeepAsync(_time.GetUtcNow(), Gone);
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(_time.GetUtcNow(), Gone), _time.GetUtcNow());
        var half = await app.Store.KeepAsync(_time.GetUtcNow(), Gone, "later");
        await app.Store.DeliveredAsync(await app.Store.TakeOneAsync(_time.GetUtcNow(), Gone), _time.GetUtcNow());
        Assert.Equal((Finished + 2, Finished + 3, Finished + 2, 1, Refused), Counts(app));

        _time.Advance(Age + TimeSpan.FromHours(1));
        var young = await app.Store.KeepAsync(_time.GetUtcNow(), Gone);
        await app.Store.DeliveredAsync(await app.Store.TakeOneAsync(_time.GetUtcNow(), Gone), _time.GetUtcNow());
        var posts = new List<Task<Acceptance>>();
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromHours(1));
                posts.AddRange(Enumerable.Range(0, 10).Select(_ => PostAsync(app.Store)));
                return Rows(app, $"SELECT count(*) FROM leads WHERE id < '{LeadId.First(_time.GetUtcNow() - Age)}'") == 2 && Rows(app, "SELECT count(*) FROM refused") == 0;
            },
            "what is old and finished is gone");
        var accepted = await Task.WhenAll(posts);

        Assert.All(accepted, acceptance => Assert.False(acceptance.IsRepeat));
        Assert.Equal((3 + accepted.Length, 4 + accepted.Length, 3, 0, 0), Counts(app));
        Assert.NotNull(await app.Store.FindRunAsync(dead.Id));
        Assert.NotNull(await app.Store.FindRunAsync(half.Id));
        Assert.NotNull(await app.Store.FindRunAsync(young.Id));
        Assert.Null(await app.Store.FindRunAsync(finished[^1].Id));
    }

    [Fact]
    public async Task A_lead_posted_again_after_it_was_removed_is_a_new_lead()
    {
        await using var app = await LeadApp.StartAsync([("Store:Retention", "01:00:00"), ("Destinations:none:Kind", "File"), ("Destinations:none:When:Lead.Source", "nowhere")], _time);
        var first = await app.AcceptAsync(Samples.Documented);

        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromHours(1));
                return await app.Store.FindRunAsync(new LeadId(first.LeadId)) is null;
            },
            "the finished lead is gone");

        var second = await app.AcceptAsync(Samples.Documented);
        Assert.False(second.Duplicate);
        Assert.NotNull(await app.Store.FindRunAsync(new LeadId(second.LeadId)));
        Assert.Equal(second with { Duplicate = true }, await app.AcceptAsync(Samples.Documented));
    }

    [Fact]
    public async Task Behind_the_functions_host_the_timers_call_removes_what_is_old_and_ends_after_that()
    {
        await using var app = await LeadApp.StartAsync([("Store:Retention", Age.ToString()), .. BehindHost], _time);
        var lead = await app.Store.KeepAsync(_time.GetUtcNow());

        // Nothing happens by itself, however long an instance lives.
        _time.Advance(Age + TimeSpan.FromHours(2));
        Assert.NotNull(await app.Store.FindRunAsync(lead.Id));
        await SweepAsync(app);

        Assert.Null(await app.Store.FindRunAsync(lead.Id));
    }

    [Fact]
    public async Task A_call_whose_deliveries_take_all_their_time_removes_what_is_old_all_the_same()
    {
        await using var crm = await FakeDataverse.StartAsync();
        await using var app = await LeadApp.StartAsync(
            [
                ("Store:Retention", Age.ToString()), .. BehindHost,
                ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
                ("Delivery:AttemptTimeout", "00:10:00"), ("Delivery:LeaseDuration", "00:20:00"),
            ],
            _time);
        var lead = await app.Store.KeepAsync(_time.GetUtcNow() - Age - TimeSpan.FromHours(1));
        using var gate = crm.Hold();
        await app.AcceptAsync(Samples.Documented);
        await crm.WaitForAsync(() => crm.InFlight == 1);

        var start = _time.GetUtcNow();
        var call = SweepAsync(app);
        await Eventually.TrueAsync(() => _time.HasTimerAt(start + TimeSpan.FromSeconds(50)), "the call has begun");
        _time.Advance(TimeSpan.FromSeconds(50));
        await call;

        Assert.Null(await app.Store.FindRunAsync(lead.Id));
        Assert.Equal(1, crm.InFlight);
    }

    [Fact]
    public async Task A_store_that_fails_meanwhile_is_no_failure_of_the_timers_call()
    {
        await using var app = await LeadApp.StartAsync([("Store:Retention", Age.ToString()), .. BehindHost], _time);
        using (var connection = new SqliteConnection($"Data Source={app.Folder.File("leads.db")};Pooling=False"))
        {
            connection.Open();
            connection.Run("DROP TABLE seen");
        }

        await SweepAsync(app);
    }

    private static Task SweepAsync(LeadApp app) => app.App.Services.GetRequiredService<Sweep>().RunAsync(TestContext.Current.CancellationToken);

    private static Task<Acceptance> PostAsync(ILeadStore store)
    {
        var lead = Posted.Lead($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""", DateTimeOffset.MaxValue - TimeSpan.FromDays(1));
        return store.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), lead.ReceivedAt - TimeSpan.FromDays(1), [Gone]);
    }

    private Task KeepRefusedAsync(ILeadStore store) =>
        store.KeepRefusedAsync(new RefusedBody(LeadId.New(_time.GetUtcNow()), Sources.Marketplace, null, _time.GetUtcNow(), 400, [], new byte[] { 1 }));

    private static (int Leads, int Deliveries, int Attempts, int Repeats, int Refused) Counts(LeadApp app) =>
        (Rows(app, "SELECT count(*) FROM leads"), Rows(app, "SELECT count(*) FROM deliveries"), Rows(app, "SELECT count(*) FROM attempts"), Rows(app, "SELECT count(*) FROM repeats"), Rows(app, "SELECT count(*) FROM refused"));

    private static int Rows(LeadApp app, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={app.Folder.File("leads.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return Convert.ToInt32(connection.Run(sql), CultureInfo.InvariantCulture);
    }
}
