using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using SQLitePCL;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>What SQLite does to find what a list shows: a list must not get slower with every lead.</summary>
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

    /// <summary>Few steps of SQLite's machine are needed to look at one lead or delivery; reading all of them takes hundreds of thousands.</summary>
    private const long StepsOfOne = 120;

    [Theory]
    [InlineData(null)]
    [InlineData(RunState.Delivered)]
    [InlineData(RunState.InProgress)]
    [InlineData(RunState.DeadLetter)]
    [InlineData(RunState.NoDestination)]
    [InlineData(RunState.Repeated)]
    public void A_range_of_leads_costs_its_own_length_and_is_never_sorted(object? state)
    {
        const int Length = 1_000;
        var work = Measure(
            RunConditions.RangeSql((RunState?)state),
            HundredThousandSql,
            [.. Filters, ("$from", Id(50_000)), ("$before", Id(50_000 + Length)), ("$most", 400L)]);

        Assert.Equal((0, 0, 0), (work.ScannedRows, work.Sorts, work.TemporaryIndexRows));
        Assert.InRange(work.Steps, 1, Length * StepsOfOne);
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
        var work = Measure(
            RunConditions.KeysSql((RunState?)state),
            HundredThousandSql,
            [.. Filters, ("$keys", "[3,10000,10001,50000,99998]"), ("$from", Id(0)), ("$before", Id(100_000)), ("$most", 400L)]);

        Assert.Equal((0, 0), (work.ScannedRows, work.TemporaryIndexRows));
        Assert.InRange(work.Steps, 1, 5 * StepsOfOne);
    }

    [Theory]
    [InlineData(RunState.DeadLetter, 10)]
    [InlineData(RunState.InProgress, 10)]
    [InlineData(RunState.Repeated, 0)]
    public void What_is_rare_is_read_from_an_index_that_holds_nothing_else(object state, int rows)
    {
        var work = Measure(KeySet.Sql((RunState)state)!, HundredThousandSql, state is RunState.Repeated ? [] : [("$destination", default)]);

        Assert.Equal(rows, work.Rows);
        Assert.Equal((0, 0), (work.Sorts, work.TemporaryIndexRows));
        Assert.InRange(work.Steps, 1, (rows + 1) * StepsOfOne);
    }

    [Fact]
    public void Dead_letters_of_a_block_are_read_from_their_own_ranges_of_the_index()
    {
        const string TwoDestinationsSql =
            """
            UPDATE deliveries SET status = 'dead_letter', due_at = NULL WHERE lead_key % 2 = 0;
            INSERT INTO deliveries (lead_key, destination, status) SELECT key, 'mail', 'dead_letter' FROM leads WHERE key % 4 = 0;
            """;
        var work = Measure(
            KeySet.DeadBetweenSql,
            HundredThousandSql + TwoDestinationsSql,
            [("$destination", default), ("$lowest", 60_000L), ("$highest", 60_039L), ("$most", 400L)]);

        Assert.Equal(20 + 10, work.Rows);
        Assert.Equal((0, 0), (work.Sorts, work.TemporaryIndexRows));
        Assert.InRange(work.Steps, 1, work.Rows * StepsOfOne);
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

    private static (string Name, SqlValue Value)[] Filters => [("$source", default), ("$test", default), ("$destination", default)];

    private static string Id(long number) => LeadId.First(DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000 + number)).ToString();

    // What SQLite counted while it ran the statement: its plan in words differs from version to version.
    private Work Measure(string sql, string dataSql, params (string Name, SqlValue Value)[] values)
    {
        _file.Open().Dispose();
        using (var session = SqliteSession.Open(_file.Path, SqliteMode.Write))
        {
            session.Execute(dataSql);
        }

        using var connection = _file.Foreign();
        SqliteFault.ThrowUnless(raw.sqlite3_prepare_v2(connection.Handle!, sql, out var statement) == raw.SQLITE_OK, connection.Handle!);
        using (statement)
        {
            foreach (var (name, value) in values)
            {
                var place = raw.sqlite3_bind_parameter_index(statement, name);
                Assert.NotEqual(0, place);
                _ = value switch
                {
                    { IsNumber: true } => raw.sqlite3_bind_int64(statement, place, value.Number),
                    { Content: string text } => raw.sqlite3_bind_text(statement, place, text),
                    _ => raw.sqlite3_bind_null(statement, place),
                };
            }

            var rows = 0;
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            {
                rows++;
            }

            return new Work(
                rows,
                raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_FULLSCAN_STEP, 0),
                raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_SORT, 0),
                raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_AUTOINDEX, 0),
                raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_VM_STEP, 0));
        }
    }

    /// <summary>SQLite's own counters (sqlite3_stmt_status), all but the rows.</summary>
    private sealed record Work(int Rows, int ScannedRows, int Sorts, int TemporaryIndexRows, int Steps);
}
