using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>How SQLite means to find what a list shows: a list must not get slower with every lead.</summary>
public sealed class RunPlanTests : IDisposable
{
    private const string HundredThousandSql =
        """
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
        INSERT INTO leads (id, source, received_at, is_test, do_not_contact, fingerprint, content)
        SELECT printf('%08x-%04x-7000-8000-%012x', (1790000000000 + i) >> 16, (1790000000000 + i) & 65535, i), 'marketplace', 1790000000000 + i, 0, 0, x'00', '{"OfferTitle":"Offer ' || i || '"}' FROM n;
        INSERT INTO deliveries (lead_key, destination, status) SELECT key, 'crm', 'delivered' FROM leads;
        UPDATE deliveries SET status = 'dead_letter' WHERE lead_key % 10000 = 0;
        UPDATE deliveries SET status = 'pending', due_at = 1 WHERE lead_key % 10000 = 1;
        """;

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(RunState.Delivered)]
    [InlineData(RunState.InProgress)]
    [InlineData(RunState.DeadLetter)]
    [InlineData(RunState.NoDestination)]
    [InlineData(RunState.Repeated)]
    public void A_range_of_leads_is_read_in_the_order_of_their_ids_and_never_sorted(object? state)
    {
        var plan = Plan(RunConditions.RangeSql((RunState?)state));

        Assert.StartsWith("SEARCH leads USING INDEX leads_by_id (id>? AND id<?)", plan[0], StringComparison.Ordinal);
        Assert.DoesNotContain(plan, step => step.Contains("B-TREE", StringComparison.Ordinal) || step.StartsWith("SCAN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RunState.Delivered)]
    [InlineData(RunState.InProgress)]
    [InlineData(RunState.DeadLetter)]
    [InlineData(RunState.NoDestination)]
    [InlineData(RunState.Repeated)]
    public void Leads_whose_keys_are_known_are_looked_up(object? state)
    {
        var plan = Plan(RunConditions.KeysSql((RunState?)state));

        Assert.StartsWith("SCAN json_each AS given", plan[0], StringComparison.Ordinal);
        Assert.Equal("SEARCH leads USING INTEGER PRIMARY KEY (rowid=?)", plan[1]);
        Assert.DoesNotContain(plan.Skip(1), step => step.StartsWith("SCAN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RunState.DeadLetter, "USING COVERING INDEX deliveries_dead")]
    [InlineData(RunState.InProgress, "USING COVERING INDEX deliveries_due,USING COVERING INDEX deliveries_waiting")]
    [InlineData(RunState.Repeated, "USING COVERING INDEX repeats_by_lead")]
    public void What_is_rare_is_read_from_an_index_that_holds_nothing_else(object state, string indexes)
    {
        var plan = Plan(KeySet.Sql((RunState)state)!);

        Assert.All(indexes.Split(','), index => Assert.Contains(plan, step => step.Contains(index, StringComparison.Ordinal)));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN deliveries", StringComparison.Ordinal) && !step.Contains("INDEX", StringComparison.Ordinal));
    }

    [Fact]
    public void Dead_letters_of_a_block_are_read_from_their_own_ranges_of_the_index()
    {
        var plan = Plan(KeySet.DeadBetweenSql);

        Assert.Contains("SEARCH deliveries USING COVERING INDEX deliveries_dead (destination=? AND lead_key>? AND lead_key<?)", plan);
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN deliveries", StringComparison.Ordinal) && !step.Contains("COVERING INDEX deliveries_dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Very_many_dead_letters_are_listed_page_by_page_each_once_with_blocks_and_without()
    {
        using var store = _file.Open();
        using (var session = SqliteSession.Open(_file.Path, SqliteMode.Write))
        {
            session.Execute(HundredThousandSql);
            session.Execute("UPDATE deliveries SET status = 'dead_letter', due_at = NULL WHERE lead_key % 20 = 0");
            session.Execute("INSERT INTO deliveries (lead_key, destination, status) SELECT key, 'mail', 'dead_letter' FROM leads WHERE key % 30 = 0");
        }

        await store.MakeBlocksAsync(TestContext.Current.CancellationToken);
        await CountAsync(new RunFilter(RunState.DeadLetter), key => key % 20 == 0 || key % 30 == 0);
        await CountAsync(new RunFilter(RunState.DeadLetter, "crm"), key => key % 20 == 0);
        await CountAsync(new RunFilter(RunState.DeadLetter, "mail"), key => key % 30 == 0);
        await CountAsync(new RunFilter(RunState.DeadLetter, "fax"), _ => false);
        await CountAsync(new RunFilter(RunState.DeadLetter, "crm", Text: "offer 7"), key => key % 20 == 0 && $"{key - 1}".StartsWith('7'));
        _file.Run("DELETE FROM blocks WHERE key % 2 = 0");
        await CountAsync(new RunFilter(RunState.DeadLetter), key => key % 20 == 0 || key % 30 == 0);

        async Task CountAsync(RunFilter filter, Func<int, bool> isDead)
        {
            var ids = new List<LeadId>();
            LeadId? next = null;
            do
            {
                var page = await store.ListRunsAsync(filter, next, 400, TestContext.Current.CancellationToken);
                ids.AddRange(page.Items.Select(run => run.Lead.Id));
                next = page.Next;
            }
            while (next is not null);

            Assert.Equal(Enumerable.Range(1, 100_000).Count(isDead), ids.Count);
            Assert.Equal(ids.Select(id => id.ToString()).Distinct().OrderDescending(StringComparer.Ordinal), ids.Select(id => id.ToString()));
        }
    }

    [Fact]
    public async Task Among_a_hundred_thousand_leads_each_list_shows_the_newest_of_its_own()
    {
        using var store = _file.Open();
        using (var session = SqliteSession.Open(_file.Path, SqliteMode.Write))
        {
            session.Execute(HundredThousandSql);
        }

        await ListAllAsync();
        await store.MakeBlocksAsync(TestContext.Current.CancellationToken);
        await ListAllAsync();

        async Task ListAllAsync()
        {
            await ListsAsync(new RunFilter(), 99_999, 99_998, 99_997);
            await ListsAsync(new RunFilter(RunState.DeadLetter), 99_999, 89_999, 79_999);
            await ListsAsync(new RunFilter(RunState.InProgress), 90_000, 80_000, 70_000);
            await ListsAsync(new RunFilter(RunState.Delivered), 99_998, 99_997, 99_996);
            await ListsAsync(new RunFilter(RunState.Delivered, Destination: "crm", To: DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_003)), 2, 1);
            await ListsAsync(new RunFilter(Text: "OFFER 77"), 77_999, 77_998, 77_997);
            await ListsAsync(new RunFilter(RunState.Repeated));
        }

        async Task ListsAsync(RunFilter filter, params long[] numbers) =>
            Assert.Equal(
                numbers.Select(number => DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000 + number)),
                (await store.ListRunsAsync(filter, null, 3, TestContext.Current.CancellationToken)).Items.Select(run => run.Lead.ReceivedAt));
    }

    // The steps in the words of newer versions, which leave out TABLE.
    private List<string> Plan(string sql)
    {
        _file.Open().Dispose();
        using var session = SqliteSession.Open(_file.Path, SqliteMode.Read);
        return session.List($"EXPLAIN QUERY PLAN {sql}", row => row.Text(3).Replace(" TABLE ", " ", StringComparison.Ordinal));
    }
}
