using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>A long walk goes over two connections at once, and nobody can tell but by the time it takes.</summary>
public sealed class LeadHalvesTests : IDisposable
{
    private const int Leads = 300;
    private const int Undivided = 50;

    /// <summary>Ends when it is interrupted and never else.</summary>
    private const string EndlessSql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    private static readonly DateTimeOffset Now = Posted.At;
    private static readonly (IdRange Newer, IdRange Older) Halves = IdRange.All.Divide("5")!.Value;

    private readonly SqliteFile _file = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Every_id_of_a_range_is_in_one_half_and_no_other_id_in_either() =>
        Prop.ForAll<(byte From, byte Before), byte, byte>((of, middle, id) =>
        {
            var (from, before) = of;
            var range = new IdRange($"{from:x2}", $"{before:x2}");
            return range.Divide($"{middle:x2}") is { } halves
                ? Has(range, id) == (Has(halves.Newer, id) || Has(halves.Older, id)) && !(Has(halves.Newer, id) && Has(halves.Older, id))
                : middle <= from || middle >= before;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Each_page_of_whatever_size_is_the_same_as_of_one_walk()
    {
        RunFilter[] filters =
        [
            new(),
            new(Text: "third 0"),
            new(Text: "no such"),
            new(RunState.Delivered),
            new(RunState.DeadLetter),
            new(RunState.NoDestination),
            new(Destination: "crm", IsTest: false),
            new(From: Now.AddSeconds(40), To: Now.AddSeconds(220), Text: "third 1"),
        ];
        int[] sizes = [1, 2, 7, 24, 25, 26, 99, 100, 101, Leads, 500];
        (await FillAsync()).Dispose();
        List<List<string>> whole, divided;
        using (var store = _file.Open())
        {
            whole = await ListsAsync(store);
        }

        using (var store = _file.Open(Undivided))
        {
            divided = await ListsAsync(store);
        }

        Assert.Equal(whole, divided);
        Assert.Equal(Leads, whole[0].Count);

        async Task<List<List<string>>> ListsAsync(SqliteLeadStore store)
        {
            var lists = new List<List<string>>();
            foreach (var filter in filters)
            {
                foreach (var size in sizes)
                {
                    var list = new List<string>();
                    LeadId? next = null;
                    do
                    {
                        var page = await store.ListRunsAsync(filter, next, size, Stop);
                        Assert.True(page.Items.Count <= size);
                        Assert.True(page.Next is null || (page.Next == page.Items[^1].Lead.Id && page.Items.Count == size));
                        list.AddRange(page.Items.Select(run => run.Lead.Id.ToString()));
                        next = page.Next;
                    }
                    while (next is not null);

                    Assert.Equal(list.Distinct().OrderDescending(StringComparer.Ordinal), list);
                    lists.Add(list);
                }
            }

            return lists;
        }
    }

    [Fact]
    public async Task Leads_are_divided_in_the_middle_although_old_ones_were_removed_but_for_a_few_and_others_were_replayed()
    {
        const int Many = 100_000;
        (await FillAsync()).Dispose();
        using var session = SqliteSession.Open(_file.Path, SqliteMode.Write);
        // The oldest are far from all others by key, and the newest have the keys of leads that came much later.
        session.Execute(
            $"""
            UPDATE leads SET key = key + {Many} WHERE key > 5 AND key < 291;
            UPDATE leads SET key = key + {10 * Many} WHERE key >= 291 AND key < {Many};
            UPDATE lead_index SET lead_key = (SELECT key FROM leads WHERE leads.id = lead_index.id);
            """);

        var halves = LeadHalves.Of(session, IdRange.All, undivided: 250)!.Value;

        var newer = session.Number("SELECT count(*) FROM lead_index WHERE id >= $from", ("$from", halves.Newer.From));
        Assert.InRange(newer!.Value, (Leads / 2) - 10, (Leads / 2) + 10);
        Assert.Equal(halves.Newer.From, halves.Older.Before);
    }

    [Fact]
    public async Task Few_leads_are_not_divided()
    {
        (await FillAsync()).Dispose();
        using var session = SqliteSession.Open(_file.Path, SqliteMode.Write);

        Assert.Null(LeadHalves.Of(session, IdRange.All, undivided: Leads));
        Assert.Null(LeadHalves.Newest(session, IdRange.All, undivided: 2 * Leads));
        Assert.Null(LeadHalves.Of(session, new IdRange("0", "00"), Undivided));
        Assert.Null(LeadHalves.Newest(session, new IdRange("0", "00"), Undivided));
    }

    /// <summary>A lead comes between the moments at which leads and their states are counted.</summary>
    [Fact]
    public async Task A_summary_counts_nothing_below_none()
    {
        using var store = _file.Open();
        var days = new DayCounts(Now.AddDays(-1), Now.AddDays(1));
        using (var before = SqliteSession.Open(_file.Path, SqliteMode.Read))
        {
            SummaryTables.CountLeads(before, days);
        }

        await store.AcceptAsync(Posted.Lead("""{"OfferTitle":"Later"}""", Now), StoreCalls.Print("later"), null, []);
        using (var after = SqliteSession.Open(_file.Path, SqliteMode.Read))
        {
            SummaryTables.CountStates(after, days);
        }

        var summary = days.Summary();
        Assert.Equal((0, 1), (summary.Counts[RunState.Delivered], summary.Counts[RunState.NoDestination]));
        Assert.All(summary.Days, day => Assert.Equal(0, day.Delivered));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_older_half_ends_as_soon_as_the_newer_is_enough(bool whileItReads)
    {
        using var store = _file.Open();
        using var reads = new SemaphoreSlim(0);

        var found = await ReadHalvesAsync(store, Read, newer => newer == 1, Stop);

        Assert.Equal([1], found);
        AssertNothingIsOpen(store);

        int Read(SqliteSession session, IdRange ids)
        {
            if (ids == Halves.Older)
            {
                reads.Release();
                return (int)session.Number(EndlessSql)!.Value;
            }

            Assert.True(!whileItReads || reads.Wait(TimeSpan.FromMinutes(1), Stop));
            return 1;
        }
    }

    [Fact]
    public async Task Both_halves_are_given_newer_first_when_the_newer_is_not_enough()
    {
        using var store = _file.Open();

        Assert.Equal(
            [Halves.Newer, Halves.Older],
            await ReadHalvesAsync(store, (_, ids) => ids, _ => false, Stop));
        AssertNothingIsOpen(store);
    }

    [Fact]
    public async Task Both_halves_end_when_the_caller_is_gone()
    {
        using var store = _file.Open();
        using var caller = new CancellationTokenSource();
        using var reads = new SemaphoreSlim(0);

        var read = ReadHalvesAsync(store, Read, _ => false, caller.Token);
        await reads.WaitAsync(Stop);
        await reads.WaitAsync(Stop);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        AssertNothingIsOpen(store);

        long? Read(SqliteSession session, IdRange ids)
        {
            reads.Release();
            return session.Number(EndlessSql);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fault_of_either_half_reaches_the_caller_and_the_other_does_not_go_on(bool newer)
    {
        using var store = _file.Open();
        var broken = newer ? Halves.Newer : Halves.Older;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => ReadHalvesAsync(
            store,
            (session, ids) => session.Number(ids == broken ? "SELECT nothing FROM nowhere" : newer ? EndlessSql : "SELECT 1"),
            _ => false,
            Stop));
        AssertNothingIsOpen(store);
    }

    /// <summary>More than one pair at once would leave the writer no core.</summary>
    [Fact]
    public async Task Beside_another_pair_one_half_is_read_after_the_other()
    {
        using var store = _file.Open();
        using var begun = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var pair = ReadHalvesAsync(store, (_, _) => WaitHere(), _ => false, Stop);
        Assert.True(await begun.WaitAsync(TimeSpan.FromMinutes(1), Stop));
        var atOnce = 0;

        var found = await ReadHalvesAsync(store, Read, _ => false, Stop);

        Assert.Equal([1, 1], found);
        goOn.Set();
        await pair;

        bool WaitHere()
        {
            begun.Release();
            Assert.True(goOn.Wait(TimeSpan.FromMinutes(1), Stop));
            return true;
        }

        int Read(SqliteSession session, IdRange ids)
        {
            var now = Interlocked.Increment(ref atOnce);
            session.Number("SELECT count(*) FROM sqlite_master");
            Interlocked.Decrement(ref atOnce);
            return now;
        }
    }

    /// <summary>Pages of a few, because a page of more bytes ends early, wherever the parts of a list begin.</summary>
    [Fact]
    public async Task Pages_of_large_leads_are_the_same_as_of_one_walk()
    {
        const int Large = 60;
        using (var store = _file.Open())
        {
            for (var number = 0; number < Large; number++)
            {
                var title = new string('x', number % 7 == 0 ? 600_000 : 150_000);
                await store.AcceptAsync(
                    Posted.Lead($$"""{"OfferTitle":"{{title}}"}""", Now.AddSeconds(number)), StoreCalls.Print($"{number}"), null, ["crm"]);
            }
        }

        List<string> whole, divided;
        using (var store = _file.Open())
        {
            whole = await PagesAsync(store);
        }

        using (var store = _file.Open(undivided: 10))
        {
            divided = await PagesAsync(store);
        }

        Assert.Equal(whole, divided);
        Assert.InRange(whole.Count, 9, 30);

        async Task<List<string>> PagesAsync(SqliteLeadStore store)
        {
            var pages = new List<string>();
            LeadId? next = null;
            do
            {
                var page = await store.ListRunsAsync(new RunFilter(), next, Large, Stop);
                pages.Add(string.Join(' ', page.Items.Select(run => run.Lead.Id)));
                next = page.Next;
            }
            while (next is not null);

            return pages;
        }
    }

    /// <summary>Who closes the last connection removes the log.</summary>
    private void AssertNothingIsOpen(SqliteLeadStore store)
    {
        store.Dispose();
        Assert.False(File.Exists(_file.Path + "-wal"));
    }

    private static Task<IReadOnlyList<T>> ReadHalvesAsync<T>(
        SqliteLeadStore store, Func<SqliteSession, IdRange, T> read, Func<T, bool> newerIsEnough, CancellationToken stop) =>
        store.Database.ReadPairAsync(session => read(session, Halves.Newer), session => read(session, Halves.Older), newerIsEnough, stop);

    private static bool Has(IdRange range, byte id) =>
        string.CompareOrdinal(range.From, $"{id:x2}") <= 0 && string.CompareOrdinal($"{id:x2}", range.Before) < 0;

    /// <summary>One lead a second: of each ten one goes nowhere, one is a dead letter, one waits, and all others have arrived.</summary>
    private async Task<SqliteLeadStore> FillAsync()
    {
        var store = _file.Open(Undivided);
        await Task.WhenAll(Enumerable.Range(0, Leads).Select(number => store.AcceptAsync(
            Posted.Lead($$"""{"OfferTitle":"Lead of third {{number % 3}}"}""", Now.AddSeconds(number)),
            StoreCalls.Print($"{number}"),
            null,
            number % 10 == 0 ? [] : ["crm"])));
        foreach (var delivery in (await store.TakeAsync(Now.AddDays(1), Leads)).Deliveries)
        {
            await ((delivery.Lead.ReceivedAt.Second % 10) switch
            {
                1 => store.DeadLetterAsync(delivery, Now),
                2 => store.RetryAsync(delivery, Now, Now.AddDays(2)),
                _ => store.DeliveredAsync(delivery, Now),
            });
        }

        return store;
    }
}
