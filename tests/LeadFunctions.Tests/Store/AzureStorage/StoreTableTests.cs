using System.Globalization;
using Azure;
using Azure.Data.Tables;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

public sealed class StoreTableTests(SharedAzurite azurite) : IAsyncLifetime
{
    private StoreTable _whole = null!;
    private StorePartition _table = null!;

    public async ValueTask InitializeAsync()
    {
        _whole = new StoreTable(await azurite.PatientAccountAsync(), SharedAzurite.NewTable());
        _table = _whole.Leads[5];
        await _whole.MakeAsync();
    }

    public ValueTask DisposeAsync()
    {
        _whole?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_table_that_is_there_is_left_as_it_is()
    {
        await DoneAsync(new TableChange.Insert(TableEntity.New("a")));

        await _whole.MakeAsync();

        Assert.NotNull(await _table.FindAsync("a"));
    }

    [Fact]
    public async Task An_entity_is_read_back_as_it_was_written()
    {
        var bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        var text = string.Concat(Enumerable.Repeat("Zoë \"quoted\" {x} \\ \r\n 日本 𝄞 HTTP/1.1 500 --batch_leads POST https://x ", 1_000));
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_795_251_600_123);

        await DoneAsync(new TableChange.Insert(TableEntity.New("e.1-_z")
            .With("Short", text[..50]).With("Empty", "").With("Long", text).With("None", (string?)null)
            .With("Number", long.MaxValue).With("Small", 1L).With("Yes", true).With("No", false).With("At", at).With("Never", (DateTimeOffset?)null)
            .With("Bytes", bytes).With("NoBytes", ReadOnlyMemory<byte>.Empty)));

        var found = await _table.FindAsync("e.1-_z");
        Assert.NotNull(found);
        Assert.Equal((text[..50], "", text, null), (found.Text("Short"), found.Text("Empty"), found.Text("Long"), found.TextOrNull("None")));
        Assert.Equal((long.MaxValue, 1, null), (found.Number("Number"), found.Number("Small"), found.NumberOrNull("None")));
        Assert.Equal((true, false, at, null), (found.Flag("Yes"), found.Flag("No"), found.Time("At"), found.TimeOrNull("Never")));
        Assert.Equal(bytes, found.Bytes("Bytes"));
        Assert.Empty(found.Bytes("NoBytes"));
        Assert.NotNull(found.ETag.ToString());
    }

    [Fact]
    public async Task What_is_not_there_is_not_found() => Assert.Null(await _table.FindAsync("nothing"));

    [Fact]
    public async Task A_range_holds_its_first_key_and_not_its_end_in_the_order_of_the_keys()
    {
        await DoneAsync([.. new[] { "c", "a", "b.2", "b", "b.1", "d" }.Select(key => new TableChange.Insert(TableEntity.New(key)))]);

        Assert.Equal(["b", "b.1", "b.2"], await KeysAsync("b", "c"));
        Assert.Equal(["a", "b"], await KeysAsync("", "z", 2));
        Assert.Empty(await KeysAsync("x", "z"));
    }

    [Fact]
    public async Task A_range_of_more_than_a_page_is_read_to_its_end()
    {
        var keys = Enumerable.Range(0, 1_250).Select(number => number.ToString("D5", CultureInfo.InvariantCulture)).ToArray();
        foreach (var some in keys.Chunk(StorePartition.MostChanges))
        {
            await DoneAsync([.. some.Select(key => new TableChange.Insert(TableEntity.New(key)))]);
        }

        Assert.Equal(keys, await KeysAsync("", "z"));
        Assert.Equal(keys[..1_100], await KeysAsync("", "z", 1_100));
    }

    [Fact]
    public async Task A_range_of_all_partitions_comes_in_the_order_of_its_keys()
    {
        var keys = Enumerable.Range(0, 300).Select(number => number.ToString("D5", CultureInfo.InvariantCulture)).ToArray();
        // Uneven, and some partitions empty.
        foreach (var some in keys.GroupBy(key => int.Parse(key, CultureInfo.InvariantCulture) % 7 * 2 % 11))
        {
            foreach (var chunk in some.Chunk(StorePartition.MostChanges))
            {
                Assert.IsType<Commit.Done>(await _whole.Leads[some.Key].CommitAsync("test", [.. chunk.Select(key => new TableChange.Insert(TableEntity.New(key)))]));
            }
        }

        foreach (var page in new[] { 1, 30, 1_000 })
        {
            Assert.Equal(keys[10..290], await _whole.QueryLeadsAsync("00010", "00290", page: page).Select(found => found.Entity.RowKey).ToListAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Only_the_wanted_properties_are_read()
    {
        await DoneAsync(new TableChange.Insert(TableEntity.New("a").With("One", 1L).With("Two", 2L)));

        var found = await _table.QueryAsync("a", "b", select: "RowKey,One").SingleAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, null), (found.NumberOrNull("One"), found.NumberOrNull("Two")));
    }

    [Fact]
    public async Task Each_change_conflicts_with_what_it_does_not_expect()
    {
        await DoneAsync(new TableChange.Insert(TableEntity.New("a").With("N", 1L).With("M", 1L)));
        var first = (await _table.FindAsync("a"))!.ETag;
        await DoneAsync(new TableChange.Replace(TableEntity.New("a").With("N", 2L), first));
        await DoneAsync(new TableChange.Merge(TableEntity.New("a").With("L", 3L)));

        var changed = (await _table.FindAsync("a"))!;
        Assert.Equal((2, null, 3), (changed.NumberOrNull("N"), changed.NumberOrNull("M"), changed.NumberOrNull("L")));
        await ConflictAsync(new TableChange.Insert(TableEntity.New("a")));
        await ConflictAsync(new TableChange.Replace(TableEntity.New("a"), first));
        await ConflictAsync(new TableChange.Replace(TableEntity.New("b"), ETag.All));
        await ConflictAsync(new TableChange.Merge(TableEntity.New("b")));
        await ConflictAsync(new TableChange.Delete("a", first));
        await ConflictAsync(new TableChange.Delete("b"));
        await DoneAsync(new TableChange.Put(TableEntity.New("b").With("N", 1L)));
        await DoneAsync(new TableChange.Put(TableEntity.New("b").With("N", 2L)), new TableChange.Delete("a", changed.ETag));
        Assert.Equal(["b"], await KeysAsync("", "z"));
    }

    [Fact]
    public async Task A_transaction_happens_whole_or_not_at_all()
    {
        await DoneAsync(new TableChange.Insert(TableEntity.New("there").With("N", 1L)), new TableChange.Insert(TableEntity.New("old")));

        await ConflictAsync(
            new TableChange.Insert(TableEntity.New("new")),
            new TableChange.Delete("old"),
            new TableChange.Replace(TableEntity.New("there").With("N", 2L), ETag.All),
            new TableChange.Delete("missing"));

        Assert.Equal(["old", "there"], await KeysAsync("", "z"));
        Assert.Equal(1, (await _table.FindAsync("there"))!.Number("N"));
    }

    [Fact]
    public async Task Of_many_that_take_the_same_entity_at_once_one_succeeds()
    {
        await DoneAsync([.. Enumerable.Range(0, 20).Select(number => new TableChange.Insert(TableEntity.New($"due.{number:D2}")))]);

        var takers = await Task.WhenAll(Enumerable.Range(0, 160).Select(taker => Task.Run(() => _table.CommitAsync("take", [
            new TableChange.Delete($"due.{taker % 20:D2}"),
            new TableChange.Insert(TableEntity.New($"taken.{taker % 20:D2}.{taker:D3}"))]))));

        Assert.Equal(20, takers.Count(taker => taker is Commit.Done));
        Assert.Equal(Enumerable.Range(0, 20), (await KeysAsync("", "z")).Select(key => int.Parse(key.Split('.')[1], CultureInfo.InvariantCulture)));
    }

    private async Task DoneAsync(params IReadOnlyList<TableChange> changes) => Assert.IsType<Commit.Done>(await _table.CommitAsync("test", changes));

    private async Task ConflictAsync(params IReadOnlyList<TableChange> changes) => Assert.Equal(new Commit.Conflict(MayBeOwn: false), await _table.CommitAsync("test", changes));

    private async Task<string[]> KeysAsync(string from, string before, int most = int.MaxValue) =>
        [.. (await _table.QueryAsync(from, before, most).ToListAsync(TestContext.Current.CancellationToken)).Select(entity => entity.RowKey)];
}
