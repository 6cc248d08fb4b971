using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>Lists and counts are the same whether leads are in blocks or not, whatever happens to the leads afterwards.</summary>
public sealed class BlockTests : IDisposable
{
    private const int Leads = 2600;

    private static readonly DateTimeOffset Now = Posted.At;

    private static readonly RunFilter[] Filters =
    [
        .. Enum.GetValues<RunState>().Select(state => new RunFilter(state)),
        new RunFilter(Text: "zoë"),
        new RunFilter(Text: "number 77"),
        new RunFilter(Text: "x"),
        new RunFilter(Text: "æG"),
        new RunFilter(Text: "no such"),
        new RunFilter(RunState.DeadLetter, Text: "number 1"),
        new RunFilter(RunState.Delivered, Text: "number 1"),
        new RunFilter(Source: "bookings"),
        new RunFilter(Source: "bookings", Text: "zoë"),
        new RunFilter(IsTest: true),
        new RunFilter(Destination: "mail"),
        new RunFilter(RunState.DeadLetter, "crm", Text: "e"),
        new RunFilter(From: Now.AddSeconds(500), To: Now.AddSeconds(1700), Text: "zoë"),
        new RunFilter(RunState.NoDestination, From: Now.AddSeconds(500)),
    ];

    private readonly SqliteFile _file = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Lists_and_counts_are_the_same_with_blocks_and_after_each_kind_of_change()
    {
        using var store = _file.Open();
        var leads = await FillAsync(store);
        var without = await EverythingAsync(store);
        Assert.All(without.Take(Filters.Length), (list, index) => Assert.True(list.Contains('-', StringComparison.Ordinal) || Filters[index].Text == "no such", $"{Filters[index]} finds nothing"));

        await store.MakeBlocksAsync(Stop);
        Assert.Equal(2, Blocks());
        Assert.Equal(without, await EverythingAsync(store));

        // A lead that was refused long ago comes between them.
        var refused = new RefusedBody(LeadId.New(Now.AddSeconds(700)), Sources.Marketplace, null, Now.AddSeconds(700), 400, [], "{}"u8.ToArray());
        await store.KeepRefusedAsync(refused);
        await store.ReplayAsync(Posted.Lead("""{"OfferTitle":"Zoë, late"}""", Now.AddSeconds(700)) with { Id = refused.Id }, StoreCalls.Print("late"), TimeSpan.Zero, [new PlannedDelivery("crm")], "anna", Now);
        Assert.Equal(1, Blocks());
        Assert.Contains(refused.Id, (await store.ListRunsAsync(new RunFilter(Text: "zoë, LATE"), null, 10, Stop)).Items.Select(run => run.Lead.Id));
        await SameWithBlocksAsync(store);

        // A person's data is erased.
        var blocks = Blocks();
        _file.Run($$"""UPDATE leads SET content = '{"OfferTitle":"blank"}' WHERE id = '{{leads[77].Id}}'""");
        Assert.Equal(blocks - 1, Blocks());
        Assert.DoesNotContain(leads[77].Id, (await store.ListRunsAsync(new RunFilter(Text: "number 77"), null, 500, Stop)).Items.Select(run => run.Lead.Id));
        await SameWithBlocksAsync(store);

        // What is finished goes.
        blocks = Blocks();
        Assert.NotEqual(0, (await store.RemoveFinishedAsync(Now.AddSeconds(300), null, 1000)).Removed);
        Assert.Equal(blocks - 1, Blocks());
        await SameWithBlocksAsync(store);
    }

    [Fact]
    public async Task A_block_is_not_kept_when_a_lead_was_changed_while_it_was_made()
    {
        using var store = _file.Open();
        var leads = await FillAsync(store);
        var made = await store.ReadAsync(session => BlockTable.Make(session, IdRange.Since("")), Stop);

        _file.Run($$"""UPDATE leads SET content = '{}' WHERE id = '{{leads[77].Id}}'""");

        Assert.False(await store.WriteAsync(session => BlockTable.Keep(session, made!)));
        Assert.Equal(0, Blocks());
    }

    [Fact]
    public async Task Blocks_are_made_after_a_while_of_what_was_there_and_of_what_came()
    {
        using var store = _file.Open();
        await FillAsync(store);

        await Eventually.TrueAsync(Passes(2), "what was there is in blocks");
        for (var number = 0; number < BlockTable.MostLeads; number++)
        {
            await store.KeepAsync(Now.AddDays(1).AddSeconds(number), "crm");
        }

        await Eventually.TrueAsync(Passes(3), "what came is in blocks");

        Func<bool> Passes(int blocks) => () =>
        {
            _file.Time.Advance(TimeSpan.FromSeconds(10));
            return Blocks() == blocks;
        };
    }

    private async Task SameWithBlocksAsync(SqliteLeadStore store)
    {
        var before = await EverythingAsync(store);
        await store.MakeBlocksAsync(Stop);
        Assert.True(Blocks() >= 2);
        Assert.Equal(before, await EverythingAsync(store));
    }

    /// <summary>All pages of each list, and the summary, as texts.</summary>
    private static async Task<List<string>> EverythingAsync(SqliteLeadStore store)
    {
        var all = new List<string>();
        foreach (var filter in Filters)
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

            all.Add(string.Join(' ', ids));
        }

        var summary = await store.SummariseAsync(Now.AddSeconds(200), Now.AddDays(2));
        all.Add(string.Join(' ', summary.Counts) + string.Join(' ', summary.Days) + summary.Refused);
        return all;
    }

    private static async Task<List<Lead>> FillAsync(SqliteLeadStore store)
    {
        var leads = new List<Lead>();
        for (var number = 0; number < Leads; number++)
        {
            var test = number % 90 == 2 ? "MSFT_TEST_" : "Offer ";
            var name = number % 70 == 1 ? "Zoë" : "Alex";
            var lead = Posted.Lead($$$"""{"OfferTitle":"{{{test}}} number {{{number}}}","UserDetails":{"FirstName":"{{{name}}}","LastName":"Ægir"}}""", Now.AddSeconds(number));
            leads.Add(number % 80 == 1 ? lead with { Source = "bookings" } : lead);
        }

        await Task.WhenAll(leads.Select((lead, number) => store.AcceptAsync(lead, StoreCalls.Print($"{number}"), lead.ReceivedAt.AddDays(-1), Destinations(number))));
        await Task.WhenAll(leads.Where((_, number) => number % 50 == 0).Select((lead, count) => store.AcceptAsync(lead, StoreCalls.Print($"{count * 50}"), lead.ReceivedAt.AddDays(-1), ["crm"])));
        var taken = await store.TakeAsync(Now.AddDays(1), Leads);
        await Task.WhenAll(taken.Deliveries.Select((delivery, index) => (index % 10) switch
        {
            0 => store.DeadLetterAsync(delivery, Now),
            1 => store.RetryAsync(delivery, Now, Now.AddDays(2)),
            _ => store.DeliveredAsync(delivery, Now),
        }));
        return leads;
    }

    private static string[] Destinations(int number) => (number % 60) switch
    {
        3 => [],
        4 => ["crm", "mail"],
        _ => ["crm"],
    };

    private int Blocks()
    {
        using var session = SqliteSession.Open(_file.Path, SqliteMode.Read);
        return (int)session.Number("SELECT count(*) FROM blocks")!.Value;
    }
}
