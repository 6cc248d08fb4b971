using LeadFunctions.Leads;
using LeadFunctions.Store.AzureStorage.Rest;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Counts runs by state, and by day. Everything is looked at, a thousand entities in a request, but only what is counted is read.</summary>
internal sealed class Summaries(TableClient table, DateTimeOffset from, DateTimeOffset to)
{
    private readonly Dictionary<RunState, int> _counts = Enum.GetValues<RunState>().ToDictionary(state => state, _ => 0);
    private readonly DaySummary[] _days =
        [.. Enumerable.Range(0, (int)Math.Ceiling((to - from).TotalDays)).Select(day => new DaySummary(DateOnly.FromDateTime(from.UtcDateTime).AddDays(day), 0, 0, 0, 0, 0))];

    public async Task<RunSummary> ReadAsync()
    {
        var lead = new List<TableEntity>();
        await foreach (var entity in table.QueryAsync("lead.", "lead/", select: "RowKey,ReceivedAt,Status"))
        {
            if (lead.Count > 0 && StoreKeys.LeadOf(lead[0].Key) != StoreKeys.LeadOf(entity.Key))
            {
                Count(lead);
                lead.Clear();
            }

            lead.Add(entity);
        }

        Count(lead);
        var refused = 0;
        await foreach (var entity in table.QueryAsync("refused.", "refused/", select: "RowKey,ReceivedAt"))
        {
            refused++;
            Add(entity.Time("ReceivedAt"), day => day with { Refused = day.Refused + 1 });
        }

        return new RunSummary(_counts, refused, _days);
    }

    private void Count(List<TableEntity> entities)
    {
        // Without its own entity it is being removed.
        if (entities.Count == 0 || LeadRows.PartOf(entities[0].Key) != '0')
        {
            return;
        }

        if (entities.Exists(entity => LeadRows.PartOf(entity.Key) == '3'))
        {
            _counts[RunState.Repeated]++;
        }

        var state = StateOf([.. entities.Where(entity => LeadRows.PartOf(entity.Key) == '1').Select(entity => StatusText.Parse(entity.Text("Status")))]);
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
