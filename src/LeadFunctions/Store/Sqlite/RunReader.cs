namespace LeadFunctions.Store.Sqlite;

/// <summary>Reads runs out of all tables: one, or those that match a filter, newest first.</summary>
internal static class RunReader
{
    /// <summary>One run with everything about it.</summary>
    public static Run ReadWhole(SqliteSession session, long key)
    {
        var run = Read(session, key);
        var requests = RequestTable.Read(session, key);
        return run with { Deliveries = [.. run.Deliveries.Select(With)] };

        RunDelivery With(RunDelivery delivery) => delivery with { Request = requests.GetValueOrDefault(delivery.Destination) };
    }

    private static Run Read(SqliteSession session, long key)
    {
        var attempts = AttemptTable.Read(session, key);
        var lead = LeadTable.Read(session, key);
        // Reads it now, while a fault is still the store's to report.
        _ = lead.Content.Root;
        return new Run(
            lead,
            DeliveryTable.Read(session, key).ConvertAll(row =>
                new RunDelivery(row.Destination, row.State, [.. attempts[row.Destination]], row.After)),
            LeadTable.Repeats(session, key),
            AuditTable.Read(session, key));
    }

    /// <summary>
    /// The newest runs that match, and the halves of what has to be walked through besides; null when the page is the whole answer.
    /// </summary>
    public static (Page<Run> Page, (IdRange Newer, IdRange Older)? Halves) ListNewest(
        SqliteSession session, RunFilter filter, IdRange ids, int take, int undivided)
    {
        if (RunSearch.RareSql(filter) is not null || LeadHalves.Newest(session, ids, undivided) is not var (newest, rest))
        {
            return (List(session, filter, ids, take), null);
        }

        var page = List(session, filter, newest, take);
        if (page.Next is not null)
        {
            return (page, null);
        }

        return LeadHalves.Of(session, rest, undivided) is { } halves
            ? (page, halves)
            : (Join([page, List(session, filter, rest, Left(page, take))], take), null);
    }

    /// <summary>How many more are asked for. One tells whether there is a next page.</summary>
    public static int Left(Page<Run> page, int take) => Math.Max(1, take - page.Items.Count);

    /// <summary>Whether nothing older has to be known.</summary>
    public static bool IsFull(Page<Run> newest, Page<Run> newer, int take) =>
        newer.Next is not null || newest.Items.Count + newer.Items.Count > take;

    /// <summary>Lists of ranges that follow each other as one page.</summary>
    public static Page<Run> Join(IEnumerable<Page<Run>> parts, int take)
    {
        var page = PageInMaking.OfRuns(take);
        foreach (var part in parts)
        {
            foreach (var run in part.Items)
            {
                if (!page.TryAdd(run))
                {
                    return page.End(isMore: true);
                }
            }

            if (part.Next is not null)
            {
                return page.End(isMore: true);
            }
        }

        return page.End(isMore: false);
    }

    public static Page<Run> List(SqliteSession session, RunFilter filter, IdRange ids, int take)
    {
        var page = PageInMaking.OfRuns(take);
        // One more than asked for tells whether there is a next page; it need not be read for that.
        foreach (var key in RunSearch.Keys(session, filter, ids, take + 1))
        {
            if (page.IsFull)
            {
                return page.End(isMore: true);
            }

            page.TryAdd(Read(session, key));
        }

        return page.End(isMore: false);
    }
}
