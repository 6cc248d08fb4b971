using LeadFunctions.Leads;

namespace LeadFunctions.Bookings;

/// <summary>What happened to a customer's appointment between two looks.</summary>
internal readonly record struct AppointmentChange(string Happening, string Customer, string Hash)
{
    /// <param name="before">By customer, the hash at the look before.</param>
    public static IEnumerable<AppointmentChange> Between(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
    [
        .. now.Where(one => !before.ContainsKey(one.Key)).Select(one => new AppointmentChange(AppointmentEvents.Created, one.Key, one.Value)),
        .. now.Where(one => before.TryGetValue(one.Key, out var hash) && hash != one.Value).Select(one => new AppointmentChange(AppointmentEvents.Updated, one.Key, one.Value)),
        .. before.Where(one => !now.ContainsKey(one.Key)).Select(one => new AppointmentChange(AppointmentEvents.Cancelled, one.Key, one.Value)),
    ];
}
