using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>The words for where a run and its deliveries stand.</summary>
internal static class RunStatus
{
    /// <summary><c>no_destination</c> when no destination takes it, <c>dead_letter</c> when a person has to look, else <c>in_progress</c> while something waits, else <c>delivered</c>.</summary>
    public static string Of(Run run) =>
        run.Deliveries.Count == 0 ? "no_destination"
        : run.Deliveries.Any(delivery => delivery.State.Status == DeliveryStatus.DeadLetter) ? StatusText.Of(DeliveryStatus.DeadLetter)
        : run.Deliveries.Any(delivery => delivery.State.Status is DeliveryStatus.Pending or DeliveryStatus.InFlight) ? "in_progress"
        : StatusText.Of(DeliveryStatus.Delivered);
}
