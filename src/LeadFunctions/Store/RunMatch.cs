using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// Whether a run is one that a filter shows, its times apart: those are a range of ids. The rule where runs are read whole; SQLite's
/// statements say the same, and a test holds them to it.
/// </summary>
internal static class RunMatch
{
    public static bool Is(Run run, RunFilter filter) =>
        (filter.Source is null || run.Lead.Source == filter.Source)
        && (filter.IsTest is null || run.Lead.IsTest == filter.IsTest)
        && HasState(run, filter.State, filter.Destination)
        && (filter.Text is null || SearchedText.Finds(filter.Text, run.Lead.Content));

    private static bool HasState(Run run, RunState? state, string? destination)
    {
        DeliveryStatus[] there = [.. run.Deliveries
            .Where(delivery => destination is null || delivery.Destination == destination)
            .Select(delivery => delivery.State.Status)];
        var waits = there.Any(status => status is DeliveryStatus.Pending or DeliveryStatus.InFlight);
        var isDead = there.Contains(DeliveryStatus.DeadLetter);
        return state switch
        {
            null => destination is null || there.Length > 0,
            RunState.Delivered when destination is null => there.Length > 0 && !waits && !isDead,
            RunState.Delivered => there.Contains(DeliveryStatus.Delivered),
            RunState.DeadLetter => isDead,
            RunState.InProgress => waits && (destination is not null || !isDead),
            RunState.NoDestination => destination is null && there.Length == 0,
            RunState.Repeated => run.RepeatedAt.Count > 0 && (destination is null || there.Length > 0),
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
    }
}
