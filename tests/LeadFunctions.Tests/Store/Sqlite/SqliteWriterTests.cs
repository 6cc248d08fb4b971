using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store.Sqlite;

public sealed class SqliteWriterTests : IDisposable
{
    private const string InsertSql = "INSERT INTO numbers (number) VALUES ($number)";

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteWriter _writer;
    private int _commits;
    private int _failures;

    public SqliteWriterTests()
    {
        var path = _folder.File("numbers.db");
        var session = SqliteSession.Open(path, SqliteMode.Create);
        session.Execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
        session.Execute("PRAGMA busy_timeout = 200");
        _writer = new SqliteWriter(path, session, committed: () => _commits++, rolledBack: () => _failures++);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Work_that_fails_does_not_fail_its_neighbours_in_the_same_commit()
    {
        using var together = new ManualResetEventSlim();
        var first = InsertOnceAsync(together);
        var before = _writer.RunAsync(session => Insert(session, 2));
        var mistaken = _writer.RunAsync<int>(session =>
        {
            Insert(session, 3);
            throw new InvalidOperationException("my own fault");
        });
        var repeated = _writer.RunAsync(session => Insert(session, 2));
        var after = _writer.RunAsync(session => Insert(session, 4));
        together.Set();

        Assert.Equal(new[] { 1, 1, 1 }, await Task.WhenAll(first, before, after));
        Assert.Equal("my own fault", (await Assert.ThrowsAsync<InvalidOperationException>(() => mistaken)).Message);
        await Assert.ThrowsAsync<SqliteFault>(() => repeated);
        Assert.Equal(new long[] { 1, 2, 4 }, await _writer.RunAsync(Numbers));
    }

    [Fact]
    public async Task Work_that_failed_leaves_no_trace()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _writer.RunAsync<int>(session =>
        {
            Insert(session, 1);
            throw new InvalidOperationException();
        }));

        Assert.Empty(await _writer.RunAsync(Numbers));
    }

    [Fact]
    public async Task Who_asks_while_the_work_of_another_is_done_shares_its_commit()
    {
        using var together = new ManualResetEventSlim();
        var first = InsertOnceAsync(together);
        var others = Enumerable.Range(2, 20).Select(number => _writer.RunAsync(session => Insert(session, number))).ToArray();
        together.Set();

        await Task.WhenAll([first, .. others]);

        Assert.Equal(1, _commits);
    }

    [Fact]
    public async Task What_was_asked_for_before_and_after_the_file_was_taken_away_fails_together()
    {
        var path = _folder.File("numbers.db");
        using var together = new ManualResetEventSlim();
        var before = InsertOnceAsync(together);
        File.Move(path, path + ".away");
        var after = _writer.RunAsync(session => Insert(session, 2));
        together.Set();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => before);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => after);
        File.Move(path + ".away", path);
        Assert.Empty(await _writer.RunAsync(Numbers));
    }

    [Fact]
    public async Task While_another_program_has_the_file_those_who_wait_are_told_so_together()
    {
        using var other = SqliteSession.Open(_folder.File("numbers.db"), SqliteMode.Write);
        other.Execute("BEGIN IMMEDIATE");
        var works = Enumerable.Range(1, 50).Select(number => _writer.RunAsync(session => Insert(session, number))).ToArray();

        foreach (var work in works)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => work);
        }

        // One after the other they would wait for it fifty times.
        Assert.InRange(_failures, 1, 3);
        other.Execute("ROLLBACK");
        Assert.Equal(1, await _writer.RunAsync(session => Insert(session, 1)));
    }

    [Fact]
    public async Task Closing_finishes_what_was_asked_for()
    {
        var path = _folder.File("closing.db");
        var own = SqliteSession.Open(path, SqliteMode.Create);
        own.Execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
        var writer = new SqliteWriter(path, own);
        var works = Enumerable.Range(1, 100).Select(number => writer.RunAsync(session => Insert(session, number))).ToArray();

        writer.Dispose();

        Assert.All(await Task.WhenAll(works), rows => Assert.Equal(1, rows));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.RunAsync(Numbers));
    }

    /// <summary>Keeps the writer busy until it is let go, so that others come meanwhile.</summary>
    private Task<int> InsertOnceAsync(ManualResetEventSlim together) => _writer.RunAsync(session =>
    {
        together.Wait(TestContext.Current.CancellationToken);
        return Insert(session, 1);
    });

    private static int Insert(SqliteSession session, long number) => session.Run(InsertSql, ("$number", number));

    private static long[] Numbers(SqliteSession session) => [.. session.List("SELECT number FROM numbers ORDER BY number", row => row.Number(0))];
}
