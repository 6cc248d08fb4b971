using System.Diagnostics;
using System.Text.Json;
using Azure.Data.Tables;

namespace LeadFunctions.Store.AzureStorage;

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
