using System.Text;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Finds the leads that match a filter, newest first, without looking at all of them: what few leads are is read from an index that holds nothing
/// else; what only the leads themselves tell is looked for block by block, and a block is passed over when its marks say that nothing in it matches.
/// </summary>
internal sealed class RunSearch
{
    // So few are looked up one by one rather than block by block.
    private const int Few = 2000;

    private const long NoLimit = -1;

    private readonly SqliteSession _session;
    private readonly RunFilter _filter;
    private readonly IdRange _ids;
    private readonly int _most;
    private readonly CancellationToken _stop;
    private readonly byte[] _text;
    private readonly uint[] _marks;
    private readonly KeySet? _rare;
    private readonly List<long> _found = [];

    private RunSearch(SqliteSession session, RunFilter filter, IdRange ids, int most, CancellationToken stop)
    {
        _session = session;
        _filter = filter;
        _ids = ids;
        _most = most;
        _stop = stop;
        _text = Encoding.UTF8.GetBytes(LeadSearch.Fold(filter.Text ?? ""));
        _marks = BlockMarks.Needed(_text, BlockMarks.Properties(filter));
        _rare = KeySet.Read(session, filter.State, filter.Destination);
    }

    private bool IsFull => _found.Count >= _most;

    /// <summary>The keys of the leads, at most <paramref name="most"/>.</summary>
    public static List<long> Keys(SqliteSession session, RunFilter filter, IdRange ids, int most, CancellationToken stop)
    {
        var search = new RunSearch(session, filter, ids, most, stop);
        if (search._rare is { Count: <= Few } few)
        {
            search.AddOf(few.All, ids);
        }
        else if (search._rare is null && search._marks.Length == 0)
        {
            search.AddAll(ids);
        }
        else
        {
            search.AddByBlocks();
        }

        return search._found;
    }

    private void AddByBlocks()
    {
        var rest = _ids;
        using var blocks = BlockTable.NewestFirst(_session, _ids);
        while (!IsFull && blocks.Read())
        {
            _stop.ThrowIfCancellationRequested();
            var block = BlockTable.Read(blocks);
            AddAll(rest with { From = IdRange.After(block.LastId) });
            rest = rest with { Before = block.FirstId };
            if (!IsFull && BlockMarks.HasAll(BlockTable.Marks(blocks), _marks))
            {
                AddBlock(block, blocks);
            }
        }

        AddAll(rest);
    }

    private void AddBlock(LeadBlock block, SqliteStatement row)
    {
        var ids = block.Ids.Within(_ids);
        if (_rare is not null)
        {
            var rare = _rare.Between(block.LowestKey, block.HighestKey);
            if (rare.IsEmpty || _text.Length == 0)
            {
                AddOf(rare, ids);
                return;
            }
        }

        if (_text.Length == 0)
        {
            AddAll(ids);
            return;
        }

        var found = BlockText.Find(BlockTable.Text(row), _text);
        AddOf(_rare is null ? found.ToArray() : [.. found.Where(_rare.Contains)], ids);
    }

    private void AddAll(IdRange ids)
    {
        if (!IsFull && !ids.IsEmpty)
        {
            Add(RunConditions.RangeSql(_filter.State), null, ids);
        }
    }

    private void AddOf(ReadOnlySpan<long> keys, IdRange ids)
    {
        if (!keys.IsEmpty)
        {
            Add(RunConditions.KeysSql(_filter.State), $"[{string.Join(',', keys.ToArray())}]", ids);
        }
    }

    private void Add(string sql, string? keys, IdRange ids)
    {
        (string, SqlValue)[] values =
        [
            ("$from", ids.From),
            ("$before", ids.Before),
            ("$source", _filter.Source),
            ("$test", _filter.IsTest is { } test ? (test ? 1 : 0) : default(SqlValue)),
            ("$destination", _filter.Destination),
            ("$most", _filter.Text is null ? _most - _found.Count : NoLimit),
        ];
        using var rows = _session.Query(sql, keys is null ? values : [("$keys", keys), .. values]);
        while (!IsFull && rows.Read())
        {
            _stop.ThrowIfCancellationRequested();
            var key = rows.Number(0);
            // The marks and the folded texts only say where to look.
            if (_filter.Text is not { } text || LeadSearch.Finds(text, LeadTable.Read(_session, key).Content))
            {
                _found.Add(key);
            }
        }
    }
}
