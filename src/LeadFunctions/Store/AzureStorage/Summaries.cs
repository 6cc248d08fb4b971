using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Counts runs by state, and by day. Everything is looked at, a thousand entities in a request, but only what is counted is read.
/// </summary>
internal sealed class Summaries(StoreTable table, DateTimeOffset from, DateTimeOffset to)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RunState, int> _counts = NoCounts();
    private readonly DaySummary[] _days = NoDays(from, to);

    public static RunSummary None(DateTimeOffset from, DateTimeOffset to) => new(NoCounts(), 0, NoDays(from, to));

    public async Task<RunSummary> ReadAsync()
    {
        var refused = CountRefusedAsync();
        await Task.WhenAll(table.Leads.Select(CountAsync).Append(refused));
        return new RunSummary(_counts, await refused, _days);
    }

    private static Dictionary<RunState, int> NoCounts() => Enum.GetValues<RunState>().ToDictionary(state => state, _ => 0);

    private static DaySummary[] NoDays(DateTimeOffset from, DateTimeOffset to) =>
        [.. Enumerable.Range(0, (int)Math.Ceiling((to - from).TotalDays))
            .Select(day => new DaySummary(DateOnly.FromDateTime(from.UtcDateTime).AddDays(day), 0, 0, 0, 0, 0))];

    private async Task CountAsync(StorePartition partition)
    {
        var all = partition.QueryAsync("lead.", "lead/", select: "RowKey,ReceivedAt,Status").Select(entity => (partition, entity));
        await foreach (var (_, lead) in RunLists.ByLeadAsync(all))
        {
            lock (_lock)
            {
                Count(lead);
            }
        }
    }

    private async Task<int> CountRefusedAsync()
    {
        var refused = 0;
        await foreach (var entity in table.Refused.QueryAsync("refused.", "refused/", select: "RowKey,ReceivedAt"))
        {
            refused++;
            lock (_lock)
            {
                Add(entity.Time("ReceivedAt"), day => day with { Refused = day.Refused + 1 });
            }
        }

        return refused;
    }

    private void Count(IReadOnlyList<TableEntity> entities)
    {
        // Without its own entity it is being removed.
        if (LeadRows.PartOf(entities[0].RowKey) != '0')
        {
            return;
        }

        if (entities.Any(entity => LeadRows.PartOf(entity.RowKey) == '3'))
        {
            _counts[RunState.Repeated]++;
        }

        var state = StateOf([.. entities
            .Where(entity => LeadRows.PartOf(entity.RowKey) == '1')
            .Select(entity => StatusText.Parse(entity.Text("Status")))]);
        _counts[state]++;
        Add(entities[0].Time("ReceivedAt"), day => state switch
        {
            RunState.NoDestination => day with { NoDestination = day.NoDestination + 1 },
            RunState.DeadLetter => day with { DeadLetter = day.DeadLetter + 1 },
            RunState.InProgress => day with { InProgress = day.InProgress + 1 },
            _ => day with { Delivered = day.Delivered + 1 },
        });
    }

    private void Add(DateTimeOffset receivedAt, Func<DaySummary, DaySummary> add)
    {
        if (receivedAt >= from && receivedAt < to)
        {
            var day = (int)(receivedAt - from).TotalDays;
            _days[day] = add(_days[day]);
        }
    }

    private static RunState StateOf(IReadOnlyCollection<DeliveryStatus> statuses) =>
        statuses.Count == 0 ? RunState.NoDestination
        : statuses.Contains(DeliveryStatus.DeadLetter) ? RunState.DeadLetter
        : statuses.Any(status => status is DeliveryStatus.Pending or DeliveryStatus.InFlight) ? RunState.InProgress
        : RunState.Delivered;
}
