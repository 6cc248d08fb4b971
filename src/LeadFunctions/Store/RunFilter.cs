using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>What a list shows: all that holds of everything named here. Null: it doesn't matter.</summary>
/// <param name="State">
/// With a <paramref name="Destination"/> it is what became of the delivery there, whatever became of the others.
/// </param>
/// <param name="Destination">Leads that have a delivery to it, configured still or not.</param>
/// <param name="From">Received then or later.</param>
/// <param name="To">Received before.</param>
/// <param name="Text">In the name, company, e-mail address or offer, see <see cref="LeadSearch"/>; anywhere in a refused body.</param>
internal sealed record RunFilter(
    RunState? State = null,
    string? Destination = null,
    string? Source = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    bool? IsTest = null,
    string? Text = null);

/// <summary>What became of a lead, as a list can be filtered by.</summary>
internal enum RunState
{
    /// <summary>It has deliveries, nothing waits and nothing was given up on.</summary>
    Delivered,

    /// <summary>Something waits or is under way, and nothing was given up on.</summary>
    InProgress,

    /// <summary>A delivery was given up on.</summary>
    DeadLetter,

    /// <summary>No destination takes it.</summary>
    NoDestination,

    /// <summary>It was posted again within the duplicate window.</summary>
    Repeated,
}

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
        && (filter.Text is null || LeadSearch.Finds(filter.Text, run.Lead.Content));

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
