using LeadFunctions.Leads;
using LeadFunctions.Store.AzureStorage.Rest;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Takes a refused body after all: as a lead of its own id, or as a repeat of one that is there. What is known of the fingerprint changes in the same transaction, so that of two replays of one lead the second sees the first.</summary>
/// <param name="added">What makes it a lead of its own.</param>
internal sealed class Replays(TableClient table, Lead lead, string print, TimeSpan window, IReadOnlyList<TableChange> added, string by, DateTimeOffset now)
{
    /// <summary>Null when it has been done before, or the body is gone.</summary>
    public async Task<Acceptance?> RunAsync()
    {
        for (var tried = 0; tried < AzureLeadStore.MostTries; tried++)
        {
            if (await table.FindAsync(StoreKeys.Refused(lead.Id)) is not { } entity || RefusedRows.Read(entity) is not { ReplayedAt: null } refused)
            {
                return null;
            }

            var known = window > TimeSpan.Zero ? await table.FindAsync(StoreKeys.Print(print)) : null;
            var earlier = window > TimeSpan.Zero ? await FindEarlierAsync(known) : null;
            var replayed = RefusedRows.Entity(refused with { ReplayedAt = now, ReplayedBy = by, Repeats = earlier });
            var committed = await table.CommitAsync("replay", [new TableChange.Replace(replayed, entity.ETag!), .. earlier is { } id ? Repeat(id) : Add(known)]);
            if (committed is Commit.Done || (committed is Commit.Conflict { MayBeOwn: true } && await IsDoneAsync()))
            {
                return new Acceptance(earlier ?? lead.Id, earlier is not null);
            }
        }

        throw AzureLeadStore.TooMuch("replay");
    }

    private async Task<LeadId?> FindEarlierAsync(TableEntity? known)
    {
        if (known is not null && IsRepeat(known.Time("At")))
        {
            return LeadId.Parse(known.Text("Lead"));
        }

        if (lead.Subject is not null)
        {
            return null;
        }

        // The fingerprint's own entity knows the newest alone.
        var (from, before) = StoreKeys.Newest("lead", new IdRange(LeadId.First(lead.ReceivedAt - window).ToString(), LeadId.First(lead.ReceivedAt + window).ToString()));
        return await table.QueryAsync(from, before, select: "RowKey,Print").FirstOrDefaultAsync(entity => entity.TextOrNull("Print") == print) is { } around ? StoreKeys.LeadOf(around.Key) : null;
    }

    /// <summary>Of a subject, any since then is the same one.</summary>
    private bool IsRepeat(DateTimeOffset taken) =>
        taken > now - window || (taken > lead.ReceivedAt - window && (lead.Subject is not null || taken < lead.ReceivedAt + window));

    private IEnumerable<TableChange> Repeat(LeadId earlier) =>
        [.. RunParts.Repeated(earlier, now), RunParts.Act(earlier, RunAct.Repeated(now, by, lead.Id))];

    private IEnumerable<TableChange> Add(TableEntity? known)
    {
        var entity = new TableEntity(StoreKeys.Print(print)).With("Lead", lead.Id.ToString()).With("At", now);
        TableChange ofPrint = known is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, known.ETag!);
        return [.. added, RunParts.Act(lead.Id, new RunAct(now, by, RunAct.Replayed)), .. window > TimeSpan.Zero ? [ofPrint] : Enumerable.Empty<TableChange>()];
    }

    private async Task<bool> IsDoneAsync() =>
        await table.FindAsync(StoreKeys.Refused(lead.Id)) is { } entity
        && RefusedRows.Read(entity) is { ReplayedAt: { } at } replayed
        && (at.ToUnixTimeMilliseconds(), replayed.ReplayedBy) == (now.ToUnixTimeMilliseconds(), by);
}
