using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Takes what is due, each delivery with all that its attempt needs.</summary>
internal static class Claims
{
    public static Claim Take(SqliteSession session, string destination, int most, IReadOnlyCollection<long> held, DateTimeOffset now, DateTimeOffset leaseEnd)
    {
        var heldKeys = $"[{string.Join(',', held)}]";
        var claimed = DeliveryTable.Claim(session, destination, most, heldKeys, now, leaseEnd);
        return new Claim(
            [.. claimed.Select(row => Delivery(session, destination, row))],
            DeliveryTable.NextDue(session, destination, heldKeys, now));
    }

    private static LeadDelivery Delivery(SqliteSession session, string destination, (long Key, int Lease, int Failures, bool Waited) row)
    {
        var delivery = new LeadDelivery(row.Key, LeadTable.Read(session, row.Key), destination, row.Lease, row.Failures);
        return delivery with
        {
            Answers = row.Waited ? DeliveryTable.Answers(session, row.Key) : delivery.Answers,
            Later = delivery.Lead.Subject is { } subject ? LeadTable.Later(session, row.Key, subject, destination) : delivery.Later,
        };
    }
}
