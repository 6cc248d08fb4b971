using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Takes what is due, each delivery with all that its attempt needs.</summary>
internal static class Claims
{
    /// <summary>When to look again while something has to wait for what is under way. Mostly it is told before that.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <param name="aloneUntil">Until then what was interrupted is tried before everything else, with nothing else under way.</param>
    public static Claim Take(
        SqliteSession session,
        string destination,
        int most,
        IReadOnlyCollection<long> held,
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        DateTimeOffset aloneUntil)
    {
        var heldKeys = Json(held);
        InterruptionTable.EndLate(session, destination, most, heldKeys, now);
        if (!InterruptionTable.Any(session))
        {
            var all = DeliveryTable.Claim(session, destination, most, heldKeys, now, leaseEnd);
            return Of(session, destination, all, now, DeliveryTable.NextDue(session, destination, heldKeys, now));
        }

        var givenUp = InterruptionTable.GiveUp(session, destination, now);
        var (underWay, alone) = (InterruptionTable.AnyUnderWay(session, now), now < aloneUntil);
        var othersWait = alone && (underWay || InterruptionTable.AnyDue(session, now));
        var interruptedWait = underWay || (alone && InterruptionTable.AnythingUnderWay(session, now, leaseEnd));
        var claimed = interruptedWait ? [] : InterruptionTable.Claim(session, destination, heldKeys, now, leaseEnd);
        if (!othersWait && claimed.Count < most)
        {
            claimed.AddRange(DeliveryTable.Claim(session, destination, most - claimed.Count, heldKeys, now, leaseEnd));
        }

        var next = DeliveryTable.NextDue(session, destination, heldKeys, now);
        var again = (interruptedWait || othersWait) && next < now + LookAgain ? now + LookAgain : default(DateTimeOffset?);
        return Of(session, destination, claimed, now, again ?? next) with
        {
            Again = again,
            GivenUp = [.. givenUp.Select(key => (LeadTable.Read(session, key).Id, destination))],
        };
    }

    /// <summary>Nothing while something was interrupted, which has an order of its own.</summary>
    public static Claim TakeOnly(
        SqliteSession session,
        string destination,
        LeadId lead,
        IReadOnlyCollection<long> held,
        DateTimeOffset now,
        DateTimeOffset leaseEnd) =>
        !InterruptionTable.Any(session) && LeadIndex.FindKey(session, lead) is { } key
            ? Of(session, destination, DeliveryTable.ClaimOne(session, destination, key, Json(held), now, leaseEnd), now, null)
            : new Claim([], null);

    private static string Json(IEnumerable<long> keys) => $"[{string.Join(',', keys)}]";

    private static Claim Of(
        SqliteSession session, string destination, List<ClaimedRow> claimed, DateTimeOffset now, DateTimeOffset? next) =>
        new([.. claimed.Select(row => Readable(session, destination, row, now)).OfType<LeadDelivery>()], next);

    /// <summary>Null for a damaged lead: it is given up, or it would come first again and again, and stop all others.</summary>
    private static LeadDelivery? Readable(SqliteSession session, string destination, ClaimedRow row, DateTimeOffset now)
    {
        try
        {
            return Delivery(session, destination, row);
        }
        catch (SqliteFault fault) when (fault.IsOfValue)
        {
            DeliveryTable.GiveUp(session, row.Key, destination, fault.Message, now);
            return null;
        }
    }

    private static LeadDelivery Delivery(SqliteSession session, string destination, ClaimedRow row)
    {
        var delivery = new LeadDelivery(row.Key, LeadTable.Read(session, row.Key), destination, row.ClaimNumber, row.Failures)
        {
            Interruptions = row.Interruptions,
        };
        return delivery with
        {
            Answers = row.Waited ? DeliveryTable.Answers(session, row.Key) : delivery.Answers,
            Later = delivery.Lead.SharedRow is { } sharedRow ? LeadTable.Later(session, row.Key, sharedRow, destination) : delivery.Later,
        };
    }
}
