using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using SQLitePCL;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>What SQLite does to find what a list shows, or what a kill has interrupted: neither must get slower with every lead.</summary>
public sealed class RunPlanTests(HundredThousandLeads filled) : IClassFixture<HundredThousandLeads>, IDisposable
{
    private readonly SqliteFile _file = filled.Copy();

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Few steps of SQLite's machine are needed to look at one lead or delivery; reading all of them takes hundreds of thousands.
    /// </summary>
    private const long StepsOfOne = 120;

    [Theory]
    [InlineData(null, null)]
    [InlineData(RunState.Delivered, null)]
    [InlineData(RunState.InProgress, null)]
    [InlineData(RunState.DeadLetter, null)]
    [InlineData(RunState.NoDestination, null)]
    [InlineData(RunState.Repeated, null)]
    [InlineData(null, "crm")]
    [InlineData(RunState.Delivered, "crm")]
    [InlineData(RunState.InProgress, "crm")]
    [InlineData(RunState.DeadLetter, "crm")]
    [InlineData(RunState.Repeated, "crm")]
    public void A_walk_through_a_range_of_leads_costs_its_own_length_and_is_never_sorted(object? state, string? destination)
    {
        const int Length = 1_000;
        var filter = new RunFilter((RunState?)state, destination, Sources.Marketplace, IsTest: false, Text: "offer");
        var sql = RunSearch.WalkSql(filter);
        var work = Measure(sql, RunSearch.Values(sql, filter, new IdRange(Id(50_000), Id(50_000 + Length)), 400));

        Assert.Equal((0, 0, 0), (work.ScannedRows, work.Sorts, work.TemporaryIndexRows));
        Assert.InRange(work.Steps, 1, Length * StepsOfOne);
    }

    [Theory]
    [InlineData(RunState.InProgress, null)]
    [InlineData(RunState.DeadLetter, null)]
    [InlineData(RunState.Repeated, null)]
    [InlineData(RunState.InProgress, "crm")]
    [InlineData(RunState.DeadLetter, "crm")]
    [InlineData(RunState.Repeated, "crm")]
    public void What_few_leads_are_is_read_from_an_index_that_holds_nothing_else_and_looked_up(object state, string? destination)
    {
        var filter = new RunFilter((RunState)state, destination, Text: "offer");
        var sql = RunSearch.LookUpSql(filter, RunSearch.RareSql(filter)!);
        var work = Measure(sql, RunSearch.Values(sql, filter, new IdRange(Id(0), Id(100_000)), 400));

        Assert.Equal(10, work.Rows);
        Assert.Equal(0, work.TemporaryIndexRows);
        Assert.InRange(work.Steps, 1, 11 * StepsOfOne);
    }

    [Theory]
    [InlineData(RunState.DeadLetter)]
    [InlineData(RunState.InProgress)]
    public void What_few_leads_are_is_counted_without_a_look_at_the_others(object state)
    {
        var work = Measure(RunSearch.TimesSql((RunState)state));

        Assert.Equal(10, work.Rows);
        Assert.Equal((0, 0), (work.Sorts, work.TemporaryIndexRows));
        Assert.InRange(work.Steps, 1, 11 * StepsOfOne);
    }

    [Theory]
    [InlineData(InterruptionTable.AllUnderWaySql, 10)]
    [InlineData(InterruptionTable.AnythingUnderWaySql, 1)]
    public void What_is_under_way_is_found_without_a_look_at_what_waits(string sql, int rows)
    {
        const string AllWaitSql =
            """
            UPDATE deliveries SET status = 'pending', due_at = 1790000000000 + lead_key;
            UPDATE deliveries SET status = 'in_flight' WHERE lead_key % 10000 = 0;
            """;
        var (now, leaseEnd) = (("$now", (SqlValue)1_790_000_000_000), ("$leaseEnd", (SqlValue)1_790_000_200_000));
        using (var session = SqliteSession.Open(_file.Path, SqliteMode.Write))
        {
            session.Execute(AllWaitSql);
        }

        var work = Measure(sql, sql.Contains("$now", StringComparison.Ordinal) ? [now, leaseEnd] : []);

        Assert.Equal(rows, work.Rows);
        Assert.InRange(work.Steps, 1, 11 * StepsOfOne);
    }

    /// <summary>Claims, which end with a LIMIT as this does, were planned anew each time: a third of what the program did.</summary>
    [Fact]
    public void A_statement_is_planned_once_whatever_its_values()
    {
        using var session = SqliteSession.Open(_file.Path, SqliteMode.Write);
        const string Sql = "SELECT lead_key FROM deliveries WHERE destination = $destination AND due_at <= $now ORDER BY due_at LIMIT $most";
        for (var number = 1; number <= 3; number++)
        {
            session.Run(Sql, ("$destination", $"destination {number}"), ("$now", number), ("$most", number));
        }

        using var statement = session.Query(Sql, ("$destination", "crm"), ("$now", 4), ("$most", 4));
        Assert.Equal(0, statement.PlannedAgain);
    }

    [Fact]
    public async Task Very_many_dead_letters_are_listed_page_by_page_each_once()
    {
        using var store = _file.Open();
        using (var session = SqliteSession.Open(_file.Path, SqliteMode.Write))
        {
            session.Execute("UPDATE deliveries SET status = 'dead_letter', due_at = NULL WHERE lead_key % 20 = 0");
            session.Execute(
                "INSERT INTO deliveries (lead_key, destination, status) SELECT key, 'mail', 'dead_letter' FROM leads WHERE key % 30 = 0");
            session.Execute("UPDATE lead_index SET destinations = destinations || 'mail' || x'0a' WHERE lead_key % 30 = 0");
        }

        await CountAsync(new RunFilter(RunState.DeadLetter), key => key % 20 == 0 || key % 30 == 0);
        await CountAsync(new RunFilter(RunState.DeadLetter, "crm"), key => key % 20 == 0);
        await CountAsync(new RunFilter(RunState.DeadLetter, "mail"), key => key % 30 == 0);
        await CountAsync(new RunFilter(RunState.DeadLetter, "fax"), _ => false);
        await CountAsync(new RunFilter(RunState.DeadLetter, "crm", Text: "offer 7"), key => key % 20 == 0 && $"{key - 1}".StartsWith('7'));

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
            var texts = ids.ConvertAll(id => id.ToString());
            Assert.Equal(texts.Distinct().OrderDescending(StringComparer.Ordinal), texts);
        }
    }

    [Fact]
    public async Task Among_a_hundred_thousand_leads_each_list_shows_the_newest_of_its_own()
    {
        using var store = _file.Open();

        await ListsAsync(new RunFilter(), 99_999, 99_998, 99_997);
        await ListsAsync(new RunFilter(RunState.DeadLetter), 99_999, 89_999, 79_999);
        await ListsAsync(new RunFilter(RunState.InProgress), 90_000, 80_000, 70_000);
        await ListsAsync(new RunFilter(RunState.Delivered), 99_998, 99_997, 99_996);
        var third = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_003);
        await ListsAsync(new RunFilter(RunState.Delivered, Destination: "crm", To: third), 2, 1);
        await ListsAsync(new RunFilter(Text: "OFFER 77"), 77_999, 77_998, 77_997);
        await ListsAsync(new RunFilter(RunState.Repeated), 90_001, 80_001, 70_001);

        async Task ListsAsync(RunFilter filter, params long[] numbers)
        {
            var page = await store.ListRunsAsync(filter, null, 3, TestContext.Current.CancellationToken);
            Assert.Equal(
                numbers.Select(number => DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000 + number)),
                page.Items.Select(run => run.Lead.ReceivedAt));
        }
    }

    private static string Id(long number) => LeadId.First(DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000 + number)).ToString();

    // What SQLite counted while it ran the statement: its plan in words differs from version to version.
    private Work Measure(string sql, params (string Name, SqlValue Value)[] values)
    {
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
                    { Content: byte[] bytes } => raw.sqlite3_bind_blob(statement, place, bytes),
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

/// <summary>A file of a hundred thousand leads, delivered but for a few; filled once.</summary>
public sealed class HundredThousandLeads : IDisposable
{
    private const string Sql =
        """
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
        INSERT INTO leads (id, source, received_at, is_test, do_not_contact, fingerprint, content)
        SELECT printf('%08x-%04x-7000-8000-%012x', (1790000000000 + i) >> 16, (1790000000000 + i) & 65535, i),
          'marketplace', 1790000000000 + i, 0, 0, x'00', '{"OfferTitle":"Offer ' || i || '"}'
        FROM n;
        UPDATE leads SET searched = CAST(upper(content) AS BLOB);
        INSERT INTO lead_index (id, lead_key, is_test, letters, pairs1, pairs2, pairs3, ways, source, destinations, fingerprint)
        SELECT id, key, 0, -1, -1, -1, -1, -1, source, x'0a' || 'crm' || x'0a', fingerprint FROM leads;
        INSERT INTO deliveries (lead_key, destination, status) SELECT key, 'crm', 'delivered' FROM leads;
        UPDATE deliveries SET status = 'dead_letter' WHERE lead_key % 10000 = 0;
        UPDATE deliveries SET status = 'pending', due_at = 1 WHERE lead_key % 10000 = 1;
        INSERT INTO repeats (lead_key, received_at) SELECT key, received_at FROM leads WHERE key % 10000 = 2;
        """;

    private readonly SqliteFile _file = new();

    public HundredThousandLeads()
    {
        _file.Open().Dispose();
        using var session = SqliteSession.Open(_file.Path, SqliteMode.Write);
        session.Execute(Sql);
    }

    /// <summary>To be changed as one likes.</summary>
    internal SqliteFile Copy()
    {
        var copy = new SqliteFile();
        File.Copy(_file.Path, copy.Path);
        return copy;
    }

    public void Dispose() => _file.Dispose();
}
