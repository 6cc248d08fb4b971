using System.Diagnostics;
using System.Text.Json;
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

/// <summary>
/// Counts that all instances share. Counting looks at every lead, so it is done at most once a minute, and so rarely that it takes at most
/// a hundredth of the time, however many leads there are; whoever asks in between gets the last ones from a single entity.
/// </summary>
internal sealed class SharedCounts(StoreTable table)
{
    private const string Key = "counts";
    private const int Rarity = 100;

    private static readonly TimeSpan AtMostEvery = TimeSpan.FromMinutes(1);

    /// <summary>An instance that counts may be put to sleep.</summary>
    private static readonly TimeSpan LongestCount = TimeSpan.FromMinutes(2);

    /// <summary>Who asks first waits so long at most; then there are no counts yet.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public async Task<RunSummary> ReadAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        var known = await table.Notes.FindAsync(Key);
        var summary = known?.TextOrNull("Summary") is { } json ? JsonSerializer.Deserialize(json, StoreJson.Default.RunSummary) : null;
        if ((known is null || now >= known.Time("Next")) && await TakeTurnAsync(known, now))
        {
            var counting = CountAsync(from, to, now);
            if (summary is null && await Task.WhenAny(counting, Task.Delay(LongestWait)) == counting)
            {
                summary = await counting;
            }
        }

        return summary is null ? Summaries.None(from, to) : summary with { Days = Days(summary.Days, from, to) };
    }

    /// <summary>False: somebody else counts.</summary>
    private async Task<bool> TakeTurnAsync(TableEntity? known, DateTimeOffset now)
    {
        var turn = TableEntity.New(Key).With("Next", now + LongestCount).With("Summary", known?.TextOrNull("Summary"));
        return await table.Notes.CommitAsync(
            "take turn",
            [known is null ? new TableChange.Insert(turn) : new TableChange.Replace(turn, known.ETag)]) is Commit.Done;
    }

    /// <summary>Null when the storage is away.</summary>
    private async Task<RunSummary?> CountAsync(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        try
        {
            var begun = Stopwatch.GetTimestamp();
            var summary = (await new Summaries(table, from, to).ReadAsync()) with { CountedAt = now };
            var rest = Rarity * Stopwatch.GetElapsedTime(begun);
            var counted = TableEntity.New(Key)
                .With("Next", now + (rest > AtMostEvery ? rest : AtMostEvery))
                .With("Summary", JsonSerializer.Serialize(summary, StoreJson.Default.RunSummary));
            await table.Notes.CommitAsync("note counts", [new TableChange.Put(counted)]);
            return summary;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The days asked for: since the count another may have begun.</summary>
    private static DaySummary[] Days(IReadOnlyList<DaySummary> counted, DateTimeOffset from, DateTimeOffset to) =>
        [.. Summaries.None(from, to).Days.Select(day => counted.FirstOrDefault(known => known.Day == day.Day) ?? day)];
}
