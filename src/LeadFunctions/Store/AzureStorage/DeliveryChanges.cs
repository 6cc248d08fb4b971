using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// The changes that take a delivery from one state to another, in one transaction with the indexes of what is due and of what is dead: they
/// can't differ from it, so nothing has to be swept. The row's version decides between two who change it at once.
/// </summary>
internal static class DeliveryChanges
{
    public static IEnumerable<TableChange> Add(LeadId lead, DeliveryRow row) =>
        [new TableChange.Insert(row.Entity(lead)), .. Indexes(lead, null, row)];

    public static IEnumerable<TableChange> Change(LeadId lead, DeliveryRow before, DeliveryRow after) =>
        [new TableChange.Replace(after.Entity(lead), before.ETag), .. Indexes(lead, before, after)];

    public static IEnumerable<TableChange> Remove(LeadId lead, DeliveryRow row) =>
        [new TableChange.Delete(StoreKeys.Delivery(lead, row.Destination), row.ETag), .. Indexes(lead, row, null)];

    private static IEnumerable<TableChange> Indexes(LeadId lead, DeliveryRow? before, DeliveryRow? after) =>
        [.. Move(Due(lead, before), Due(lead, after)), .. Move(Dead(lead, before), Dead(lead, after))];

    private static IEnumerable<TableChange> Move(string? before, string? after)
    {
        if (before == after)
        {
            yield break;
        }

        if (before is not null)
        {
            yield return new TableChange.Delete(before);
        }

        if (after is not null)
        {
            yield return new TableChange.Insert(TableEntity.New(after));
        }
    }

    private static string? Due(LeadId lead, DeliveryRow? row) =>
        row?.State.Status is DeliveryStatus.Pending or DeliveryStatus.InFlight
            ? StoreKeys.Due(row.Destination, row.State.DueAt, lead)
            : null;

    private static string? Dead(LeadId lead, DeliveryRow? row) =>
        row?.State.Status is DeliveryStatus.DeadLetter ? StoreKeys.Dead(lead, row.Destination) : null;
}
