using Azure;
using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>The other leads that are about the same thing as one, seen from one destination.</summary>
/// <param name="OwnKey">Where the lead itself stands in their order.</param>
/// <param name="LockETag">The version of the shared row's lock there, read before the others; null: there is none yet.</param>
/// <param name="Others">In their order, each with its delivery to the destination, if it has one.</param>
internal sealed record SharedRows(
    string OwnKey,
    string LockKey,
    ETag? LockETag,
    IReadOnlyList<(string Key, LeadId Lead, string? Event, DeliveryRow? Row)> Others)
{
    private const int MostAtOnce = 16;

    public static TableChange Add(Lead lead) =>
        new TableChange.Insert(TableEntity.New(StoreKeys.Row(lead.SharedRow!, TimeProvider.System.GetUtcNow(), lead.Id))
            .With("Lead", lead.Id.ToString())
            .With("Event", lead.Event));

    /// <summary>The newest lead of each shared row of a group, apart from some.</summary>
    public static async Task<IReadOnlyList<Lead>> FindGroupAsync(
        StorePartition partition,
        LeadId groupId,
        IReadOnlyCollection<LeadId> except)
    {
        var (from, before) = StoreKeys.AllOfGroup(groupId);
        var entities = await partition.QueryAsync(from, before)
            .Select(entity => (Key: entity.RowKey, Lead: LeadId.Parse(entity.Text("Lead"))))
            .ToListAsync();
        // In the order of their states.
        var newest = entities.Where(entity => !except.Contains(entity.Lead))
            .GroupBy(entity => StoreKeys.RowOf(entity.Key), (_, leads) => leads.Last().Lead);
        var found = new List<Lead>();
        foreach (var some in newest.Chunk(MostAtOnce))
        {
            found.AddRange(
                (await Task.WhenAll(some.Select(id => LeadRows.ReadAsync(partition, id)))).OfType<LeadRows>().Select(rows => rows.Lead));
        }

        return found;
    }

    /// <summary>The newest lead of a shared row, and whether there are others; null when there is none any more.</summary>
    public static async Task<(Lead Newest, bool HasOthers)?> FindNewestAsync(StorePartition partition, SharedRow sharedRow)
    {
        var (from, before) = StoreKeys.AllOfRow(sharedRow);
        var leads = await partition.QueryAsync(from, before).ToListAsync();
        return leads is [.., var last] && await LeadRows.ReadAsync(partition, LeadId.Parse(last.Text("Lead"))) is { } newest
            ? (newest.Lead, leads.Count > 1)
            : null;
    }

    public static async Task<SharedRows> ReadAsync(StorePartition partition, Lead lead, SharedRow sharedRow, string destination)
    {
        var rowLock = await partition.FindAsync(StoreKeys.RowLock(sharedRow, destination));
        var (from, before) = StoreKeys.AllOfRow(sharedRow);
        var leads = await partition.QueryAsync(from, before)
            .Select(entity => (Key: entity.RowKey, Lead: LeadId.Parse(entity.Text("Lead")), Event: entity.TextOrNull("Event")))
            .ToListAsync();
        var others = await Task.WhenAll(leads
            .Where(other => other.Lead != lead.Id)
            .Select(async other => (
                other.Key,
                other.Lead,
                other.Event,
                await partition.FindAsync(StoreKeys.Delivery(other.Lead, destination)) is { } row ? DeliveryRow.Read(row) : null)));
        var own = leads.Find(other => other.Lead == lead.Id).Key ?? "";
        return new SharedRows(own, StoreKeys.RowLock(sharedRow, destination), rowLock?.ETag, others);
    }

    /// <summary>
    /// Who goes first: what somebody works on, or else an older state that is due; null when the lead itself may.
    /// </summary>
    public DeliveryRow? First(Func<LeadId, bool> isHeld, Func<DeliveryRow, bool> isDue)
    {
        var underWay = Others.FirstOrDefault(other =>
            other.Row is { State.Status: DeliveryStatus.InFlight } rival && (!isDue(rival) || isHeld(other.Lead)));
        return underWay.Row ?? Others.FirstOrDefault(other =>
            other.Row is { } rival && isDue(rival) && string.CompareOrdinal(other.Key, OwnKey) < 0).Row;
    }

    public IReadOnlyList<LaterEvent> Later() =>
        [.. Others
            .Where(other => string.CompareOrdinal(other.Key, OwnKey) > 0)
            .Select(other => new LaterEvent(other.Event, other.Row is { State.Status: not DeliveryStatus.Discarded }))];

    /// <summary>Conflicts when somebody else has claimed of the row since the others were read.</summary>
    public TableChange TakeLock() => LockETag is { } version
        ? new TableChange.Replace(TableEntity.New(LockKey), version)
        : new TableChange.Insert(TableEntity.New(LockKey));
}
