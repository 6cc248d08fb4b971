using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>Which deliveries of a lead are resubmitted. By destination: whether it waits for another one, or is due now.</summary>
internal static class ResubmitPlan
{
    /// <param name="deliveries">By destination: where it stands, and what it waits for.</param>
    public static IReadOnlyDictionary<string, bool> Of(
        IReadOnlyDictionary<string, (DeliveryStatus Status, string? After)> deliveries, string? destination, bool evenDelivered) =>
        Of(deliveries, (name, status) => status switch
        {
            DeliveryStatus.DeadLetter or DeliveryStatus.Pending => destination is null || name == destination,
            DeliveryStatus.Discarded => name == destination,
            DeliveryStatus.Delivered => name == destination && evenDelivered,
            _ => false,
        });

    /// <summary>Of dead letters alone (at one destination), whatever else could be resubmitted.</summary>
    public static IReadOnlyDictionary<string, bool> OfDeadLetters(
        IReadOnlyDictionary<string, (DeliveryStatus Status, string? After)> deliveries, string? destination) =>
        Of(deliveries, (name, status) => status == DeliveryStatus.DeadLetter && (destination is null || name == destination));

    private static Dictionary<string, bool> Of(
        IReadOnlyDictionary<string, (DeliveryStatus Status, string? After)> deliveries, Func<string, DeliveryStatus, bool> asked)
    {
        var again = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, (status, _)) in deliveries)
        {
            if (asked(name, status) && !WaitsForDiscarded(name))
            {
                Add(name);
            }
        }

        return again.ToDictionary(
            name => name,
            name => First(name) is var (first, status) && (again.Contains(first) || status != DeliveryStatus.Delivered));

        // What it waits for must be on its way too, or it would wait for ever.
        void Add(string name)
        {
            if (again.Add(name) && First(name) is (var first, DeliveryStatus.DeadLetter))
            {
                Add(first);
            }
        }

        // Somebody has seen to that one by hand: it comes back only by its own name, and what uses it waits for that.
        bool WaitsForDiscarded(string name) => First(name) is var (first, status)
            && (status == DeliveryStatus.Discarded || (status != DeliveryStatus.Delivered && WaitsForDiscarded(first)));

        (string Name, DeliveryStatus Status)? First(string name) =>
            deliveries[name].After is { } first && deliveries.TryGetValue(first, out var found) ? (first, found.Status) : null;
    }
}
