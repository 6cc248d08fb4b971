using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Reads runs out of all tables: one, or those that match a filter, newest first.</summary>
internal static class RunTables
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

    /// <summary>A page ends early when its leads are as large as <see cref="Page.MostBytes"/>.</summary>
    public static Page<Run> List(SqliteSession session, RunFilter filter, LeadId? before, int take)
    {
        // One more than asked for tells whether there is a next page.
        var keys = RunSearch.Keys(session, filter, IdRange.Of(filter, before), take + 1);
        var (runs, bytes) = (new List<Run>(Math.Min(take, keys.Count)), 0L);
        foreach (var key in keys.Take(take).TakeWhile(_ => bytes < Page.MostBytes))
        {
            runs.Add(Read(session, key));
            bytes += runs[^1].Lead.Content.Utf8.Length;
        }

        return new Page<Run>(runs, keys.Count > runs.Count ? runs[^1].Lead.Id : null);
    }
}
