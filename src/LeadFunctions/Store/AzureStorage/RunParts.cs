using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>What stands beside a lead and its deliveries: attempts, repeats, actions and what was sent.</summary>
internal static class RunParts
{
    // An entity takes 1 MiB, and a text is for people to read.
    private const int MostOfSent = 256 * 1024;

    private const string Mark = "Mark";

    public static TableChange Attempt(LeadId lead, string destination, int number, DeliveryAttempt attempt) =>
        new TableChange.Insert(TableEntity.New(StoreKeys.Attempt(lead, destination, number))
            .With("Destination", destination)
            .With("StartedAt", attempt.StartedAt)
            .With("Milliseconds", (long)attempt.Duration.TotalMilliseconds)
            .With("HttpStatus", attempt.HttpStatus)
            .With("Outcome", attempt.Outcome)
            .With("Error", attempt.Error)
            .With(Mark, NewMark()));

    /// <summary>
    /// It was posted again. That the lead's own entity changes keeps it from being removed at this moment; when it is gone, this conflicts.
    /// </summary>
    /// <param name="key">Of the repeat: <see cref="StoreKeys.Repeat"/>.</param>
    public static IEnumerable<TableChange> Repeated(LeadId lead, DateTimeOffset at, string key) =>
    [
        new TableChange.Insert(TableEntity.New(key).With("At", at)),
        new TableChange.Merge(TableEntity.New(StoreKeys.Lead(lead)).With("Repeated", true)),
    ];

    public static TableChange Audit(LeadId lead, AuditEntry entry) =>
        new TableChange.Insert(TableEntity.New(StoreKeys.Audit(lead, entry.At))
            .With("At", entry.At)
            .With("By", entry.By)
            .With("Kind", entry.Kind)
            .With("Destination", entry.Destination)
            .With("Note", entry.Note)
            .With(Mark, NewMark()));

    public static TableChange Sent(LeadId lead, string destination, string request) =>
        new TableChange.Put(TableEntity.New(StoreKeys.Sent(lead, destination))
            .With("Destination", destination)
            .With("Request", request.Length <= MostOfSent ? request : $"{request[..MostOfSent]}…"));

    /// <summary>Attempts and actions that may quote what was sent, without it.</summary>
    public static IEnumerable<TableChange> Erase(IEnumerable<TableEntity> entities)
    {
        foreach (var entity in entities)
        {
            var quoting = LeadRows.PartOf(entity.RowKey) switch { '2' => "Error", '4' => "Note", _ => null };
            if (quoting is not null && entity.TextOrNull(quoting) is not (null or PersonalDataEraser.Mark))
            {
                yield return new TableChange.Merge(TableEntity.New(entity.RowKey).With(quoting, PersonalDataEraser.Mark));
            }
        }
    }

    /// <summary>
    /// Whether changes whose answer got lost were made: they hold an attempt or an action, and these can be told from any other.
    /// </summary>
    public static async Task<bool> AreMadeAsync(StorePartition partition, IEnumerable<TableChange> changes) =>
        changes.OfType<TableChange.Insert>().FirstOrDefault(insert => insert.Entity.TextOrNull(Mark) is not null) is { } marked
        && (await partition.FindAsync(marked.Key))?.TextOrNull(Mark) == marked.Entity.TextOrNull(Mark);

    /// <summary>From all entities of one lead; null when there are none.</summary>
    public static Run? Run(StorePartition partition, IReadOnlyList<TableEntity> entities)
    {
        if (LeadRows.Of(partition, entities) is not { } rows)
        {
            return null;
        }

        // Reads it now, while a fault is still the store's to report.
        _ = rows.Lead.Content.Root;
        var parts = entities.ToLookup(entity => LeadRows.PartOf(entity.RowKey));
        var attempts = parts['2'].ToLookup(entity => entity.Text("Destination"), ReadAttempt, StringComparer.Ordinal);
        return new Run(
            rows.Lead,
            [.. rows.Deliveries.Select(row => new RunDelivery(row.Destination, row.State, [.. attempts[row.Destination]], row.After))],
            [.. parts['3'].Select(entity => entity.Time("At"))],
            [.. parts['4'].Select(entity => new AuditEntry(
                entity.Time("At"),
                entity.Text("By"),
                entity.Text("Kind"),
                entity.TextOrNull("Destination"),
                entity.TextOrNull("Note")))]);
    }

    private static string NewMark() => Guid.NewGuid().ToString("N");

    private static DeliveryAttempt ReadAttempt(TableEntity entity) => new(
        entity.Time("StartedAt"),
        TimeSpan.FromMilliseconds(entity.Number("Milliseconds")),
        (int?)entity.NumberOrNull("HttpStatus"),
        entity.Text("Outcome"),
        entity.TextOrNull("Error"));
}
