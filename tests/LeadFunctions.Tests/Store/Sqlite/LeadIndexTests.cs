using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>Lists and counts are what the runs themselves say, whatever happens to the leads afterwards.</summary>
public sealed class LeadIndexTests : IDisposable
{
    private const int Leads = 2600;

    private static readonly DateTimeOffset Now = Posted.At;

    private static readonly RunFilter[] Filters =
    [
        .. Enum.GetValues<RunState>().Select(state => new RunFilter(state)),
        .. Enum.GetValues<RunState>().Select(state => new RunFilter(state, "crm")),
        .. Enum.GetValues<RunState>().Select(state => new RunFilter(state, Text: "number 1")),
        new RunFilter(Text: "zoë"),
        new RunFilter(Text: "number 77"),
        new RunFilter(Text: "x"),
        new RunFilter(Text: "9"),
        new RunFilter(Text: "æG"),
        new RunFilter(Text: "太"),
        new RunFilter(Text: "no such"),
        new RunFilter(Text: ""),
        new RunFilter(Source: "bookings"),
        new RunFilter(Source: "bookings", Text: "zoë"),
        new RunFilter(IsTest: true),
        new RunFilter(IsTest: false, Text: "number 2"),
        new RunFilter(Destination: "mail"),
        new RunFilter(Destination: "m"),
        new RunFilter(RunState.DeadLetter, "crm", Text: "e"),
        new RunFilter(RunState.DeadLetter, Source: "marketplace", IsTest: false, Text: "number 2"),
        new RunFilter(RunState.InProgress, IsTest: true),
        new RunFilter(RunState.InProgress, Source: "bookings"),
        new RunFilter(RunState.Repeated, "mail"),
        new RunFilter(RunState.Repeated, "crm", Text: "number 1"),
        new RunFilter(From: Now.AddSeconds(500), To: Now.AddSeconds(1700), Text: "zoë"),
        new RunFilter(RunState.NoDestination, From: Now.AddSeconds(500)),
        new RunFilter(RunState.DeadLetter, From: Now.AddSeconds(500), To: Now.AddSeconds(1700)),
    ];

    private static readonly RunFilter[] FindNothing =
    [
        new RunFilter(RunState.NoDestination, "crm"),
        new RunFilter(Text: "no such"),
        new RunFilter(Destination: "m"),
    ];

    private readonly SqliteFile _file = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(LeadHalves.Undivided)]
    [InlineData(300)]
    public async Task Lists_and_counts_are_what_the_runs_say_after_each_kind_of_change(int undivided)
    {
        using var store = _file.Open(undivided);
        var leads = await FillAsync(store);
        await AssertListsAsync(store);

        // A lead that was refused long ago comes between them.
        var then = Now.AddSeconds(700);
        var refused = new RefusedBody(LeadId.New(then), Sources.Marketplace, null, then, 400, [], "{}"u8.ToArray());
        await store.KeepRefusedAsync(refused);
        var late = Posted.Lead("""{"OfferTitle":"Zoë, late"}""", then) with { Id = refused.Id };
        await store.ReplayAsync(late, StoreCalls.Print("late"), TimeSpan.Zero, [new PlannedDelivery("crm")], "anna", Now);
        Assert.Contains(refused.Id, await IdsAsync(store, new RunFilter(Text: "zoë, LATE")));
        await AssertListsAsync(store);

        // A person's data is erased.
        Assert.Equal([leads[77].Id], await IdsAsync(store, new RunFilter(Text: "p77@contoso")));
        await store.EraseAsync("p77@contoso.example", countOnly: false, "anna", Now);
        Assert.Empty(await IdsAsync(store, new RunFilter(Text: "p77@contoso")));
        await AssertListsAsync(store);

        // What is finished goes.
        Assert.NotEqual(0, (await store.RemoveFinishedAsync(Now.AddSeconds(300), null, 1000)).Removed);
        await AssertListsAsync(store);
        Assert.Equal(_file.Count("leads"), _file.Count("lead_index"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_of_an_erased_or_removed_lead_is_left_in_the_file(bool erased)
    {
        var store = _file.Open();
        var lead = Posted.Lead("""{"OfferTitle":"Hydrofoil","UserDetails":{"FirstName":"Quirin","Email":"Xanadu@contoso.example"}}""", Now);
        await store.AcceptAsync(lead, StoreCalls.Print("1"), null, ["crm"]);
        await store.DeliveredAsync(await store.TakeOneAsync(Now), Now);
        await store.KeepAsync(Now.AddSeconds(1), "crm");
        string[] words = erased ? ["quirin", "xanadu"] : ["quirin", "xanadu", "hydrofoil"];
        Assert.Contains("QUIRIN", Bytes(_file.Path) + Bytes(_file.Path + "-wal"), StringComparison.Ordinal);

        if (erased)
        {
            await store.EraseAsync("xanadu@contoso.example", countOnly: false, "anna", Now);
        }
        else
        {
            Assert.Equal(1, (await store.RemoveFinishedAsync(Now.AddSeconds(1), null, 10)).Removed);
        }

        store.Dispose();
        Assert.All(words, word => Assert.DoesNotContain(word, Bytes(_file.Path), StringComparison.OrdinalIgnoreCase));
        Assert.False(File.Exists(_file.Path + "-wal"));
    }

    [Fact]
    public async Task A_file_of_the_version_before_is_taken_over_and_an_interrupted_start_is_gone_on_with()
    {
        const int Many = 12_000;
        const int BeforeTheIndex = 11;
        using (var session = SqliteSession.Open(_file.Path, SqliteMode.Create))
        {
            Migrations.Apply(session, BeforeTheIndex);
            session.Execute(
                $$"""
                WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{Many - 1}})
                INSERT INTO leads (id, source, received_at, is_test, do_not_contact, fingerprint, content)
                SELECT printf('%08x-%04x-7000-8000-%012x', (1790000000000 + i) >> 16, (1790000000000 + i) & 65535, i),
                  'marketplace', 1790000000000 + i, 0, 0, randomblob(16), '{"OfferTitle":"Ægir ' || i || '"}'
                FROM n;
                UPDATE leads SET content = 'damaged' WHERE key = 5;
                INSERT INTO deliveries (lead_key, destination, status) SELECT key, 'crm', 'delivered' FROM leads WHERE key % 1000 <> 0;
                INSERT INTO deliveries (lead_key, destination, status) SELECT key, 'mail', 'dead_letter' FROM leads WHERE key % 1000 = 1;
                INSERT INTO blocks (first_id, last_id, leads, no_destination, lowest_key, highest_key, properties, marks, keys, text)
                VALUES ('a', 'b', 1, 0, 1, 1, x'00', x'00', x'00', x'00');
                """);
            Migrations.Apply(session, BeforeTheIndex + 1);
            session.Execute(
                """
                CREATE TRIGGER interrupted BEFORE INSERT ON lead_index WHEN new.lead_key > 7000
                BEGIN SELECT RAISE(ABORT, 'interrupted'); END
                """);
        }

        Assert.Throws<StoreUnavailableException>(() => _file.Open().Dispose());
        Assert.InRange(_file.Count("lead_index"), 1, 7000);
        _file.Run("DROP TRIGGER interrupted");

        using var store = _file.Open();

        Assert.Equal(Many, _file.Count("lead_index"));
        Assert.Equal(0, _file.Count("sqlite_master WHERE name LIKE '%block%' OR name = 'leads_by_id' OR type = 'trigger'"));
        Assert.Equal(12, (await IdsAsync(store, new RunFilter(Destination: "mail"))).Count);
        Assert.Equal(12, (await IdsAsync(store, new RunFilter(RunState.NoDestination))).Count);
        Assert.Single(await IdsAsync(store, new RunFilter(Text: "æGIR 11999")));
        var summary = await store.SummariseAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        Assert.Equal(
            (Many - 24, 12, 12),
            (summary.Counts[RunState.Delivered], summary.Counts[RunState.DeadLetter], summary.Counts[RunState.NoDestination]));
    }

    private static string Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    private static async Task AssertListsAsync(SqliteLeadStore store)
    {
        var runs = new List<Run>();
        foreach (var id in await IdsAsync(store, new RunFilter()))
        {
            runs.Add((await store.FindRunAsync(id))!);
        }

        foreach (var filter in Filters)
        {
            var expected = runs
                .Where(run => RunMatch.Is(run, filter) && !(run.Lead.ReceivedAt < filter.From) && !(run.Lead.ReceivedAt >= filter.To))
                .Select(run => run.Lead.Id)
                .ToList();

            Assert.True(expected.Count > 0 != FindNothing.Contains(filter), $"{filter} finds {expected.Count} leads");
            Assert.Equal(expected, await IdsAsync(store, filter));
        }

        await AssertCountsAsync(store, runs);
    }

    private static async Task AssertCountsAsync(SqliteLeadStore store, List<Run> runs)
    {
        var (from, to) = (Now.AddSeconds(200), Now.AddDays(2));
        var summary = await store.SummariseAsync(from, to);

        Assert.All(
            Enum.GetValues<RunState>(),
            state => Assert.Equal(runs.Count(run => RunMatch.Is(run, new RunFilter(state))), summary.Counts[state]));
        foreach (var day in summary.Days)
        {
            var its = runs
                .Where(run => run.Lead.ReceivedAt >= from && run.Lead.ReceivedAt < to)
                .Where(run => DateOnly.FromDateTime(run.Lead.ReceivedAt.UtcDateTime) == day.Day)
                .ToList();
            Assert.Equal(
                (Count(RunState.Delivered), Count(RunState.InProgress), Count(RunState.DeadLetter), Count(RunState.NoDestination)),
                (day.Delivered, day.InProgress, day.DeadLetter, day.NoDestination));

            int Count(RunState state) => its.Count(run => RunMatch.Is(run, new RunFilter(state)));
        }
    }

    /// <summary>All pages of a list.</summary>
    private static async Task<List<LeadId>> IdsAsync(SqliteLeadStore store, RunFilter filter)
    {
        var ids = new List<LeadId>();
        LeadId? next = null;
        do
        {
            var page = await store.ListRunsAsync(filter, next, 400, Stop);
            ids.AddRange(page.Items.Select(run => run.Lead.Id));
            next = page.Next;
        }
        while (next is not null);

        return ids;
    }

    private static async Task<List<Lead>> FillAsync(SqliteLeadStore store)
    {
        var leads = new List<Lead>();
        for (var number = 0; number < Leads; number++)
        {
            var test = number % 90 == 2 ? "MSFT_TEST_" : "Offer ";
            var name = (number % 70) switch { 1 => "Zoë", 2 => "太郎", _ => "Alex" };
            var person = $$$"""{"FirstName":"{{{name}}}","LastName":"Ægir","Email":"p{{{number}}}@contoso.example"}""";
            // Some are larger than a page.
            var description = new string('-', number % 7 == 3 ? 5_000 : 1);
            var body = $$"""{"OfferTitle":"{{test}} number {{number}}","UserDetails":{{person}},"Description":"{{description}}"}""";
            var lead = Posted.Lead(body, Now.AddSeconds(number));
            leads.Add(number % 80 == 1 ? lead with { Source = "bookings" } : lead);
        }

        await Task.WhenAll(leads.Select((_, number) => AcceptAsync(number)));
        await Task.WhenAll(leads.Select((_, number) => number).Where(number => number % 50 == 0).Select(AcceptAsync));
        var taken = await store.TakeAsync(Now.AddDays(1), Leads);
        await Task.WhenAll(taken.Deliveries.Select((delivery, index) => (index % 10) switch
        {
            0 => store.DeadLetterAsync(delivery, Now),
            1 => store.RetryAsync(delivery, Now, Now.AddDays(2)),
            _ => store.DeliveredAsync(delivery, Now),
        }));
        return leads;

        Task AcceptAsync(int number) =>
            store.AcceptAsync(leads[number], StoreCalls.Print($"{number}"), leads[number].ReceivedAt.AddDays(-1), Destinations(number));
    }

    private static string[] Destinations(int number) => (number % 60) switch
    {
        3 => [],
        4 or 40 => ["crm", "mail"],
        _ => ["crm"],
    };
}
