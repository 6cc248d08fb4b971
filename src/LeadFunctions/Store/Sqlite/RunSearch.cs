using System.Runtime.InteropServices;
using System.Text;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Finds the leads that match a filter, newest first, without looking at all of them: what few leads are is read from an index that holds nothing
/// else; what only the leads themselves tell is looked for block by block, and most blocks are passed over because nothing in them can match.
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
    private readonly IReadOnlyList<string> _properties;
    private readonly KeySet? _rare;
    private readonly bool _manyDead;
    private readonly List<long> _found = [];

    private RunSearch(SqliteSession session, RunFilter filter, IdRange ids, int most, CancellationToken stop)
    {
        _session = session;
        _filter = filter;
        _ids = ids;
        _most = most;
        _stop = stop;
        _text = Encoding.UTF8.GetBytes(LeadSearch.Fold(filter.Text ?? ""));
        _marks = BlockMarks.Needed(_text);
        _properties = BlockProperties.Of(filter);
        _rare = filter.State == RunState.DeadLetter ? KeySet.ReadFewDead(session, filter.Destination, Few) : KeySet.Read(session, filter.State, filter.Destination);
        // Read block by block: a long list is many pages, and each needs but a few blocks.
        _manyDead = filter.State == RunState.DeadLetter && _rare is null;
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
        else if (search is { _rare: null, _manyDead: false, _text: [], _properties: [] })
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
            if (!IsFull)
            {
                AddOf(Candidates(block, blocks), block.Ids.Within(_ids));
            }
        }

        AddAll(rest);
    }

    /// <summary>The keys of all leads of a block that can match, and perhaps of some that don't. What is quick to tell comes first.</summary>
    private ReadOnlySpan<long> Candidates(LeadBlock block, SqliteStatement row)
    {
        var rare = _manyDead ? KeySet.ReadDead(_session, _filter.Destination, block.LowestKey, block.HighestKey) : _rare;
        var here = rare is null ? default : rare.Between(block.LowestKey, block.HighestKey);
        if (rare is not null && (here.IsEmpty || _text.Length == 0))
        {
            return here;
        }

        List<int>? places = null;
        if (_properties.Count > 0)
        {
            places = BlockProperties.Find(BlockTable.Properties(row), block.Leads, _properties);
        }

        if (_text.Length > 0 && places is not [])
        {
            var found = BlockTable.MayHave(_session, row, _marks) ? BlockTable.Find(_session, row, _text) : [];
            places = places is null ? found : [.. found.Intersect(places)];
        }

        var keys = BlockTable.Keys(_session, row, places ?? []);
        return CollectionsMarshal.AsSpan(rare is null ? keys : keys.FindAll(rare.Contains));
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
