using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>Whether a run is one that a filter shows, its times apart: those are a range of ids.</summary>
internal static class RunMatch
{
    public static bool Is(Run run, RunFilter filter) =>
        (filter.Source is null || run.Lead.Source == filter.Source)
        && (filter.IsTest is null || run.Lead.IsTest == filter.IsTest)
        && StandsSo(run, filter.State, filter.Destination)
        && (filter.Text is null || LeadSearch.Finds(filter.Text, run.Lead.Content));

    private static bool StandsSo(Run run, RunState? state, string? destination)
    {
        var there = run.Deliveries.Where(delivery => destination is null || delivery.Destination == destination).Select(delivery => delivery.State.Status).ToArray();
        return state switch
        {
            null => destination is null || there.Length > 0,
            RunState.Delivered when destination is null => there.Length > 0 && there.All(status => status is DeliveryStatus.Delivered or DeliveryStatus.Discarded),
            RunState.Delivered => there.Contains(DeliveryStatus.Delivered),
            RunState.DeadLetter => there.Contains(DeliveryStatus.DeadLetter),
            RunState.InProgress => there.Any(status => status is DeliveryStatus.Pending or DeliveryStatus.InFlight) && (destination is not null || !there.Contains(DeliveryStatus.DeadLetter)),
            RunState.NoDestination => destination is null && there.Length == 0,
            RunState.Repeated => run.RepeatedAt.Count > 0 && (destination is null || there.Length > 0),
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
    }
}
