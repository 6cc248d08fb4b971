using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>A customer as Graph shows the appointment now.</summary>
/// <param name="State">Hash of what concerns the customer.</param>
internal sealed record PresentCustomer(AppointmentCustomer Customer, string State)
{
    public LeadContent Content => Customer.Content;
}

/// <summary>What became of a customer's appointment since it was read last.</summary>
/// <param name="Before">Null: the customer is new.</param>
/// <param name="Present">Null: not a customer any more.</param>
internal sealed record CustomerChange(SyncedCustomer Now, SyncedCustomer? Before, PresentCustomer? Present)
{
    /// <summary>Null: nothing happened.</summary>
    public string? EventName => (Before is { IsThere: true }, Now.IsThere) switch
    {
        (false, true) => AppointmentEvents.Created,
        (true, false) => AppointmentEvents.Cancelled,
        (true, true) when Before!.State != Now.State => AppointmentEvents.Updated,
        _ => null,
    };

    /// <summary>As it is now, or as it was before it was cancelled.</summary>
    public string State => Now.IsThere ? Now.State : Before!.State;
}

/// <summary>
/// Compares the customers whom Graph shows with those of the sync state. Who has left stays known: their row is nobody else's.
/// </summary>
internal static class CustomerChanges
{
    public static IReadOnlyList<CustomerChange> Of(
        string appointmentId, IReadOnlyList<SyncedCustomer> before, IReadOnlyList<PresentCustomer> present)
    {
        // Who is still there before who has left.
        List<SyncedCustomer> known = [.. before.OrderByDescending(one => one.IsThere)];
        NamedCustomer[] named = [.. present.Select(one => new NamedCustomer(one.Customer.Who.Hashed(appointmentId)))];
        SyncedCustomer?[] found =
        [
            .. SameCustomer.Find(named, [.. known.Select(one => new NamedCustomer(one.Traits))], isEverybody: true)
                .Select(index => index >= 0 ? known[index] : null),
        ];
        var taken = found.OfType<SyncedCustomer>().Select(one => one.Row).ToHashSet(StringComparer.Ordinal);
        var changes = present.Select((one, index) =>
        {
            var row = found[index]?.Row
                ?? SameCustomer.Row(appointmentId, one.Customer.Keys, key => IsFree(key.ToString(), named[index])).ToString();
            taken.Add(row);
            var was = known.Find(other => other.Row == row);
            var who = named[index].Who.Or(was?.Traits ?? CustomerIdentity.Nobody);
            return new CustomerChange(new SyncedCustomer(row, one.State, who), was, one);
        }).ToArray();
        var left = known.Where(one => !taken.Contains(one.Row));
        return [.. changes, .. left.Select(one => new CustomerChange(one with { State = "" }, one, null))];

        bool IsFree(string row, NamedCustomer one) =>
            !taken.Contains(row)
            && !(known.Find(other => other.Row == row) is { } other && SameCustomer.AreTwo(one, new NamedCustomer(other.Traits)));
    }
}
