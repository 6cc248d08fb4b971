using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>What became of one customer of an appointment since it was read last.</summary>
/// <param name="Before">The customer in the sync state; null when the customer is new.</param>
/// <param name="Content">The appointment as the customer's own; null when the customer has left it.</param>
internal sealed record CustomerChange(SyncedCustomer Now, SyncedCustomer? Before, LeadContent? Content)
{
    /// <summary>Null when nothing happened.</summary>
    public string? EventName => (Before is { IsThere: true }, Now.IsThere) switch
    {
        (false, true) => AppointmentEvents.Created,
        (true, false) => AppointmentEvents.Cancelled,
        (true, true) when Before!.ContentHash != Now.ContentHash => AppointmentEvents.Updated,
        _ => null,
    };

    /// <summary>Hash of the customer's content now, or before the cancellation.</summary>
    public string ContentHash => Now.IsThere ? Now.ContentHash : Before!.ContentHash;

    /// <summary>
    /// Compares the customers whom Graph shows with those of the sync state. A customer who has left stays in the sync state, so that
    /// nobody else gets their row.
    /// </summary>
    /// <param name="present">The customers whom Graph shows, each with the hash of their content.</param>
    public static IReadOnlyList<CustomerChange> Between(
        string appointmentId,
        IReadOnlyList<SyncedCustomer> before,
        IReadOnlyList<(AppointmentCustomer Customer, string ContentHash)> present)
    {
        // Of several who are equally alike, the first is taken: one who is still there comes before one who has left.
        List<SyncedCustomer> known = [.. before.OrderByDescending(one => one.IsThere)];
        CustomerMention[] mentions = [.. present.Select(one => new CustomerMention(one.Customer.Identity.Hashed(appointmentId)))];
        SyncedCustomer?[] found =
        [
            .. CustomerMatching.Find(mentions, [.. known.Select(one => new CustomerMention(one.HashedIdentity))], isEverybody: true)
                .Select(index => index >= 0 ? known[index] : null),
        ];
        var taken = found.OfType<SyncedCustomer>().Select(one => one.Row).ToHashSet(StringComparer.Ordinal);
        var changes = present.Select((one, index) =>
        {
            var row = found[index]?.Row
                ?? CustomerMatching.NewRow(appointmentId, one.Customer.RowKeys, key => IsFree(key.ToString(), mentions[index])).ToString();
            taken.Add(row);
            var inSyncState = known.Find(other => other.Row == row);
            var identity = mentions[index].Identity.FilledFrom(inSyncState?.HashedIdentity ?? CustomerIdentity.Nobody);
            return new CustomerChange(new SyncedCustomer(row, one.ContentHash, identity), inSyncState, one.Customer.Content);
        }).ToArray();
        var left = known.Where(one => !taken.Contains(one.Row));
        return [.. changes, .. left.Select(one => new CustomerChange(one with { ContentHash = "" }, one, null))];

        bool IsFree(string row, CustomerMention one) =>
            !taken.Contains(row)
            && !(known.Find(other => other.Row == row) is { } other
                && CustomerMatching.CannotBeSame(one, new CustomerMention(other.HashedIdentity)));
    }
}
