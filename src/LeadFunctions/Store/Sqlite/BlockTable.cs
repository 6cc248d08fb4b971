using System.Buffers.Binary;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The table of blocks: an index of what leads say, made when there is time. A block holds all leads from its first id to its last; whatever adds,
/// changes or removes one of them drops the block, and leads that are in no block are read one by one. So a list is right whatever blocks there are.
/// </summary>
internal static class BlockTable
{
    public const int MostLeads = 1000;

    // Before a block few leads can be left when the one before it was dropped; no others come to them.
    private const int LeastBefore = 250;

    // A block ends where later leads have later keys, if there is such a place in its last part.
    private const int LeastLeads = 500;

    private const string Columns = "first_id, last_id, leads, no_destination, lowest_key, highest_key";

    private const string NewestFirstSql = $"SELECT {Columns}, key, properties FROM blocks WHERE last_id >= $from AND first_id < $before ORDER BY last_id DESC";

    // Apart from what each block is judged by: SQLite reads all columns of a row, and these are long.
    private const string MarksSql = "SELECT marks FROM blocks WHERE key = $key";

    private const string KeysSql = "SELECT keys FROM blocks WHERE key = $key";

    private const string TextSql = "SELECT text FROM blocks WHERE key = $key";

    private const string AllSql = $"SELECT {Columns} FROM blocks INDEXED BY blocks_by_id ORDER BY last_id";

    private const string NewestSql = "SELECT max(last_id) FROM blocks";

    private const string DropSql =
        "DELETE FROM blocks WHERE key = (SELECT key FROM blocks WHERE last_id >= $id ORDER BY last_id LIMIT 1) AND first_id <= $id";

    private const string CountSql = "SELECT count(*) FROM (SELECT 1 FROM leads WHERE id >= $from AND id < $before LIMIT $most)";

    private const string LeadsSql = "SELECT id, key, source, is_test, content FROM leads WHERE id >= $from AND id < $before ORDER BY id LIMIT $most";

    private const string DestinationsSql = "SELECT destination FROM deliveries WHERE lead_key = $key";

    private const string ChangesSql = "SELECT changes FROM block_changes";

    private const string InsertSql =
        $"""
        INSERT INTO blocks ({Columns}, properties, marks, keys, text)
        SELECT $first, $last, $leads, $noDestination, $lowest, $highest, $properties, $marks, $keys, $text
        WHERE (SELECT changes FROM block_changes) = $changes
          AND (SELECT count(*) FROM leads WHERE id >= $first AND id <= $last) = $leads
          AND NOT EXISTS (SELECT 1 FROM blocks WHERE last_id >= $first AND first_id <= $last)
        """;

    /// <summary>The blocks that have ids within a range; what follows reads the row.</summary>
    public static SqliteStatement NewestFirst(SqliteSession session, IdRange ids) => session.Query(NewestFirstSql, ("$from", ids.From), ("$before", ids.Before));

    public static ReadOnlySpan<byte> Properties(SqliteStatement row) => row.Span(7);

    /// <summary>Whether the text can occur in the block.</summary>
    public static bool MayHave(SqliteSession session, SqliteStatement row, uint[] marks)
    {
        using var block = session.Query(MarksSql, ("$key", row.Number(6)));
        return block.Read() && BlockMarks.HasAll(block.Span(0), marks);
    }

    /// <summary>The leads in whose texts the bytes occur, by their place in the block.</summary>
    public static List<int> Find(SqliteSession session, SqliteStatement row, byte[] text)
    {
        using var block = session.Query(TextSql, ("$key", row.Number(6)));
        return block.Read() ? BlockText.Find(block.Span(0), text) : [];
    }

    /// <summary>The keys of the leads at these places in the block.</summary>
    public static List<long> Keys(SqliteSession session, SqliteStatement row, List<int> places)
    {
        if (places.Count == 0)
        {
            return [];
        }

        using var block = session.Query(KeysSql, ("$key", row.Number(6)));
        return block.Read() ? places.ConvertAll(place => BinaryPrimitives.ReadInt64LittleEndian(block.Span(0)[(place * sizeof(long))..])) : [];
    }

    public static LeadBlock Read(SqliteStatement row) => new(row.Text(0), row.Text(1), (int)row.Number(2), (int)row.Number(3), row.Number(4), row.Number(5));

    /// <summary>The oldest first.</summary>
    public static List<LeadBlock> All(SqliteSession session) => session.List(AllSql, Read);

    /// <summary>The last id that is in a block; sorts before all ids when there is none.</summary>
    public static string Newest(SqliteSession session)
    {
        using var row = session.Query(NewestSql);
        return row.Read() ? row.TextOrNull(0) ?? "" : "";
    }

    /// <summary>Drops the block that an id lies in.</summary>
    public static void Drop(SqliteSession session, LeadId id) => session.Run(DropSql, ("$id", id.ToString()));

    /// <summary>Stretches of ids between the blocks with enough leads for a block, the oldest first.</summary>
    public static List<IdRange> Gaps(SqliteSession session)
    {
        var gaps = new List<IdRange>();
        var from = "";
        foreach (var block in All(session))
        {
            gaps.Add(new IdRange(from, block.FirstId));
            from = IdRange.After(block.LastId);
        }

        gaps.Add(IdRange.Since(from));
        return gaps.FindAll(gap => Count(session, gap, Least(gap)) == Least(gap));
    }

    /// <summary>Reads the oldest leads of a gap, to be kept by <see cref="Keep"/> when nothing has changed since; null when there are too few for a block.</summary>
    public static NewBlock? Make(SqliteSession session, IdRange gap)
    {
        var changes = session.Number(ChangesSql)!.Value;
        var leads = session.List(
            LeadsSql,
            row => (Id: row.Text(0), Key: row.Number(1), Source: row.Text(2), IsTest: row.Number(3) == 1, Content: new LeadContent(row.Bytes(4))),
            ("$from", gap.From),
            ("$before", gap.Before),
            ("$most", MostLeads));
        if (leads.Count < Least(gap))
        {
            return null;
        }

        leads = leads[..EndOf(leads.ConvertAll(lead => lead.Key))];
        var text = BlockText.Write(leads.Select(lead => LeadSearch.Texts(lead.Content)));
        var marks = new byte[BlockMarks.Bytes];
        BlockMarks.AddText(marks, text);
        var keys = new byte[leads.Count * sizeof(long)];
        var properties = new List<IEnumerable<string>>(leads.Count);
        var noDestination = 0;
        foreach (var (_, key, source, isTest, _) in leads)
        {
            var destinations = session.List(DestinationsSql, row => row.Text(0), ("$key", key));
            noDestination += destinations.Count == 0 ? 1 : 0;
            BinaryPrimitives.WriteInt64LittleEndian(keys.AsSpan(properties.Count * sizeof(long)), key);
            properties.Add(BlockProperties.Of(source, isTest, destinations));
        }

        return new NewBlock(
            new LeadBlock(leads[0].Id, leads[^1].Id, leads.Count, noDestination, leads.Min(lead => lead.Key), leads.Max(lead => lead.Key)),
            BlockProperties.Write(properties),
            marks,
            keys,
            text,
            changes);
    }

    /// <summary>False when one of its leads was changed or removed, or another one came between them, after it was made.</summary>
    public static bool Keep(SqliteSession session, NewBlock made) =>
        session.Run(
            InsertSql,
            ("$first", made.Block.FirstId),
            ("$last", made.Block.LastId),
            ("$leads", made.Block.Leads),
            ("$noDestination", made.Block.NoDestination),
            ("$lowest", made.Block.LowestKey),
            ("$highest", made.Block.HighestKey),
            ("$properties", made.Properties),
            ("$marks", made.Marks),
            ("$keys", made.Keys),
            ("$text", made.Text),
            ("$changes", made.Changes)) == 1;

    private static int Least(IdRange gap) => gap.IsOpen ? MostLeads : LeastBefore;

    private static int Count(SqliteSession session, IdRange ids, int most) =>
        (int)session.Number(CountSql, ("$from", ids.From), ("$before", ids.Before), ("$most", most))!.Value;

    private static int EndOf(List<long> keys)
    {
        var (lowest, highest, end) = (long.MaxValue, long.MinValue, keys.Count);
        for (var count = 1; count <= keys.Count; count++)
        {
            (lowest, highest) = (Math.Min(lowest, keys[count - 1]), Math.Max(highest, keys[count - 1]));
            if (count >= LeastLeads && highest - lowest + 1 == count)
            {
                end = count;
            }
        }

        return end;
    }
}

/// <param name="Changes">The count of changes to leads in blocks when it was made.</param>
internal sealed record NewBlock(LeadBlock Block, byte[] Properties, byte[] Marks, byte[] Keys, byte[] Text, long Changes);
