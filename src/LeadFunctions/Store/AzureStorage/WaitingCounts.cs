namespace LeadFunctions.Store.AzureStorage;

/// <summary>Counts what waits and what was given up on, from the indexes alone; not all of it when that is much.</summary>
internal static class WaitingCounts
{
    /// <summary>As far as is counted, in each partition.</summary>
    private const int MostCounted = 200;

    public static async Task<StoreState> CheckAsync(StoreTable table, DateTimeOffset now)
    {
        var parts = await Task.WhenAll(table.Leads.Select(CheckAsync));
        var due = parts.SelectMany(part => part.Due).Where(due => due.At <= now).Select(due => due.At).ToArray();
        return new StoreState(
            due.Length == 0 ? null : due.Min(),
            parts.Sum(part => part.Dead.Count),
            Counted(parts.SelectMany(part => part.Due).Select(one => one.Destination)))
        {
            DeadLettersAt = parts.Any(part => part.Dead.Count == MostCounted) ? null : Counted(parts.SelectMany(part => part.Dead)),
        };

        static Dictionary<string, int> Counted(IEnumerable<string> destinations) =>
            destinations.CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>
    /// What waits in a partition, of each destination what is due first, and the destinations of its dead letters; not all of either when
    /// that is much.
    /// </summary>
    private static async Task<(IReadOnlyList<(string Destination, DateTimeOffset? At)> Due, IReadOnlyList<string> Dead)> CheckAsync(
        StorePartition partition)
    {
        var dead = partition.QueryAsync(StoreKeys.AllDead, "dead/", MostCounted, "RowKey")
            .Select(entity => StoreKeys.DestinationOfDead(entity.RowKey))
            .ToListAsync();
        var found = new List<(string, DateTimeOffset?)>();
        for (var from = StoreKeys.AllDue; ;)
        {
            var some = await partition.QueryAsync(from, "due/", MostCounted, "RowKey", MostCounted)
                .Select(entity => StoreKeys.ReadDue(entity.RowKey))
                .ToListAsync();
            found.AddRange(some.Select(due => (due.Destination, due.Due)));
            if (some.Count < MostCounted)
            {
                return (found, await dead);
            }

            from = StoreKeys.AfterDue(some[^1].Destination);
        }
    }
}
