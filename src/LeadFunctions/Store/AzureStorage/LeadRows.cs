using Azure;
using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>A lead with its deliveries, as they were read together.</summary>
/// <param name="Partition">Where it is.</param>
/// <param name="DeduplicationKey">The deduplication key in hexadecimal digits, stored as Print; empty when it was erased.</param>
/// <param name="IsErased">It was an erased person's own: nothing is left to send.</param>
/// <param name="ETag">Of the lead's own entity; it changes when the lead is posted again.</param>
internal sealed record LeadRows(
    StorePartition Partition,
    Lead Lead,
    string DeduplicationKey,
    bool IsErased,
    ETag ETag,
    IReadOnlyList<DeliveryRow> Deliveries)
{
    public bool IsFinished => Deliveries.All(row => row.IsFinished);

    /// <summary>The answers that were kept, by destination.</summary>
    public IReadOnlyDictionary<string, string> Answers => Deliveries
        .Where(row => row.State is { Status: DeliveryStatus.Delivered, Answer: not null })
        .ToDictionary(row => row.Destination, row => row.State.Answer!, StringComparer.Ordinal);

    public DeliveryRow? To(string destination) => Deliveries.FirstOrDefault(row => row.Destination == destination);

    public static async Task<LeadRows?> ReadAsync(StorePartition partition, LeadId id)
    {
        var (from, before) = StoreKeys.Work(id);
        return Of(partition, await partition.QueryAsync(from, before).ToListAsync());
    }

    /// <summary>Makes a lead of the same content a new one, if this is the one that is known.</summary>
    public async Task<IEnumerable<TableChange>> RemoveDeduplicationKeyAsync() =>
        await Partition.FindAsync(StoreKeys.DeduplicationKey(DeduplicationKey)) is { } known
            && known.Text("Lead") == Lead.Id.ToString()
            ? [new TableChange.Delete(known.RowKey, known.ETag)]
            : [];

    /// <summary>From the entities that begin with the lead's own; null when there are none.</summary>
    public static LeadRows? Of(StorePartition partition, IReadOnlyList<TableEntity> entities) =>
        entities is [var lead, ..] && lead.RowKey.EndsWith(".0", StringComparison.Ordinal)
        ? new LeadRows(
            partition,
            Read(lead),
            lead.Text("Print"),
            lead.Flag("Erased"),
            lead.ETag,
            [.. entities.Where(entity => PartOf(entity.RowKey) == '1').Select(DeliveryRow.Read)])
        : null;

    public static char PartOf(string key) => key.Split('.')[2][0];

    public static TableEntity Entity(Lead lead, string deduplicationKey) => TableEntity.New(StoreKeys.Lead(lead.Id))
        .With("Source", lead.Source)
        .With("Event", lead.Event)
        .With("ReceivedAt", lead.ReceivedAt)
        .With("RowId", lead.SharedRow?.RowId.ToString())
        .With("RowOrder", lead.SharedRow?.Order.Stored)
        .With("GroupId", lead.SharedRow?.GroupId.ToString())
        .With("Subject", StoredSharedRow.ToJson(lead.SharedRow))
        .With("Print", deduplicationKey)
        .With("Trace", lead.Trace)
        .WithContent(lead.Content);

    private static Lead Read(TableEntity entity)
    {
        var (content, sharedRow) = Content(entity);
        return new Lead(
            StoreKeys.LeadOf(entity.RowKey),
            entity.Text("Source"),
            entity.TextOrNull("Event"),
            entity.Time("ReceivedAt"),
            content,
            sharedRow)
        {
            Trace = entity.TextOrNull("Trace"),
        };
    }

    private static (LeadContent Content, SharedRow? SharedRow) Content(TableEntity entity)
    {
        var content = PackedContent.Read(entity);
        if (entity.TextOrNull("RowId") is not { } row)
        {
            return (content, null);
        }

        var sharedRow = new SharedRow(LeadId.Parse(row), EventOrder.FromStored(entity.Number("RowOrder")))
        {
            GroupId = LeadId.Parse(entity.Text("GroupId")),
        };
        return StoredSharedRow.Read(entity.TextOrNull("Subject"), sharedRow, content);
    }
}
