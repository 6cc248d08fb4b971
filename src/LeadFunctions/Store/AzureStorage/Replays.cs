using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Takes a refused body after all: as a lead of its own id, or as a repeat of one that is there. What is known of the deduplication key
/// changes in the same transaction, so that of two replays of one lead the second sees the first. That the body was replayed is noted after
/// it, in the partition of refused bodies; a replay that ended in between is found out by the next, which only notes it.
/// </summary>
/// <param name="added">What makes it a lead of its own.</param>
internal sealed class Replays(
    StoreTable table,
    Lead lead,
    byte[] deduplicationKey,
    TimeSpan window,
    IReadOnlyList<TableChange> added,
    string by,
    DateTimeOffset now)
{
    private const string Mark = "Mark";

    private readonly StorePartition _partition = table.Leads[LeadId.PartitionFor(lead.SharedRow, deduplicationKey)];
    private readonly string _deduplicationKey = Convert.ToHexStringLower(deduplicationKey);
    private readonly string _mark = Guid.NewGuid().ToString("N");

    /// <summary>Null when it has been done before, or the body is gone.</summary>
    public async Task<Acceptance?> RunAsync()
    {
        for (var tried = 0; tried < AzureLeadStore.MostTries; tried++)
        {
            if (await table.Refused.FindAsync(StoreKeys.Refused(lead.Id)) is not { } entity
                || RefusedRows.Read(entity) is not { ReplayedAt: null } refused)
            {
                return null;
            }

            if (await TakeAsync(refused) is not { } acceptance)
            {
                continue;
            }

            var noted = refused with { ReplayedAt = now, ReplayedBy = by, Repeats = acceptance.IsRepeat ? acceptance.LeadId : null };
            var replayed = RefusedRows.Entity(noted).With(Mark, _mark);
            var committed = await table.Refused.CommitAsync("replay", [new TableChange.Replace(replayed, entity.ETag)]);
            if (committed is Commit.Done
            || (committed is Commit.Conflict { MayBeOwn: true }
                && (await table.Refused.FindAsync(entity.RowKey))?.TextOrNull(Mark) == _mark))
            {
                return acceptance;
            }
        }

        throw AzureLeadStore.TooMuch("replay");
    }

    /// <summary>Null when somebody else was faster.</summary>
    private async Task<Acceptance?> TakeAsync(RefusedBody refused)
    {
        if (await _partition.FindAsync(StoreKeys.Lead(lead.Id)) is not null)
        {
            return new Acceptance(lead.Id, IsRepeat: false);
        }

        var known = window > TimeSpan.Zero ? await _partition.FindAsync(StoreKeys.DeduplicationKey(_deduplicationKey)) : null;
        if (window > TimeSpan.Zero && await FindEarlierAsync(known) is { } earlier)
        {
            var key = StoreKeys.Repeat(earlier, refused.ReceivedAt, refused.Id.Value);
            var repeated = await _partition.CommitAsync(
                "replay",
                [.. RunParts.Repeated(earlier, now, key), RunParts.Audit(earlier, AuditEntry.Repeated(now, by, lead.Id))]);
            return repeated is Commit.Done || await _partition.FindAsync(key) is not null ? new Acceptance(earlier, IsRepeat: true) : null;
        }

        await table.PointToAsync(lead.Id, _partition);
        return await _partition.CommitAsync("replay", [.. Add(known)]) is Commit.Done
            || await _partition.FindAsync(StoreKeys.Lead(lead.Id)) is not null
            ? new Acceptance(lead.Id, IsRepeat: false)
            : null;
    }

    private async Task<LeadId?> FindEarlierAsync(TableEntity? known)
    {
        if (known is not null && IsRepeat(known.Time("At")))
        {
            return LeadId.Parse(known.Text("Lead"));
        }

        if (lead.SharedRow is not null)
        {
            return null;
        }

        // The deduplication key's own entity knows the newest alone.
        var (from, before) = StoreKeys.Newest(
            "lead",
            new IdRange(LeadId.First(lead.ReceivedAt - window).ToString(), LeadId.First(lead.ReceivedAt + window).ToString()));
        return await _partition
                .QueryAsync(from, before, select: "RowKey,Print")
                .FirstOrDefaultAsync(entity => entity.TextOrNull("Print") == _deduplicationKey)
                is { } around
            ? StoreKeys.LeadOf(around.RowKey)
            : null;
    }

    /// <summary>Of a shared row, any since then is the same one.</summary>
    private bool IsRepeat(DateTimeOffset taken) =>
        taken > now - window || (taken > lead.ReceivedAt - window && (lead.SharedRow is not null || taken < lead.ReceivedAt + window));

    private IEnumerable<TableChange> Add(TableEntity? known)
    {
        var entity = TableEntity.New(StoreKeys.DeduplicationKey(_deduplicationKey)).With("Lead", lead.Id.ToString()).With("At", now);
        TableChange ofKey = known is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, known.ETag);
        var entry = RunParts.Audit(lead.Id, new AuditEntry(now, by, AuditEntry.Replayed));
        return [.. added, entry, .. window > TimeSpan.Zero ? [ofKey] : Enumerable.Empty<TableChange>()];
    }
}
