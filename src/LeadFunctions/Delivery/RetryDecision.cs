using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>
/// Decides when a delivery is tried again, and when it becomes a dead letter. Whether a response is worth retrying is decided by the
/// destination's own classifier (<c>DataverseResponse</c>, <c>SendGridResponse</c>, <c>WebhookResponse</c>), and by
/// <see cref="Destinations.RemoteOutcome"/> where there was none. Pure: time and chance come from outside.
/// </summary>
internal static class RetryDecision
{
    /// <summary>
    /// Each wait is drawn from within this part of the scheduled one, so that deliveries which failed together don't return together.
    /// </summary>
    private const double Jitter = 0.2;

    /// <summary>A remote system may ask for a longer wait than the schedule's, but not for one that amounts to never.</summary>
    private static readonly TimeSpan LongestAskedWait = TimeSpan.FromDays(1);

    /// <summary>No delivery waits longer than this: one that seems to was put off by a clock that has been set back since.</summary>
    public static TimeSpan LongestWait(IReadOnlyList<TimeSpan> schedule) =>
        schedule.Max() * (1 + Jitter) is var longest && longest > LongestAskedWait ? longest : LongestAskedWait;

    /// <param name="failures">Failed attempts before this one, since it was accepted or resubmitted.</param>
    /// <param name="chance">From 0 up to 1.</param>
    public static DeliveryState After(
        DeliveryOutcome outcome,
        int failures,
        IReadOnlyList<TimeSpan> schedule,
        DateTimeOffset now,
        double chance) =>
        outcome switch
        {
            DeliveryOutcome.Delivered delivered => new DeliveryState(
                DeliveryStatus.Delivered,
                null,
                failures,
                null,
                delivered.RemoteId,
                delivered.Answer),
            DeliveryOutcome.Reject reject => new DeliveryState(DeliveryStatus.DeadLetter, null, failures + 1, reject.Error, null),
            DeliveryOutcome.Retry retry when failures < schedule.Count => new DeliveryState(
                DeliveryStatus.Pending,
                now + Wait(schedule[failures], retry.NotBefore, chance),
                failures + 1,
                retry.Error,
                null),
            DeliveryOutcome.Retry retry => new DeliveryState(
                DeliveryStatus.DeadLetter,
                null,
                failures + 1,
                $"Given up after {failures + 1} attempts. The last one: {retry.Error}",
                null),
            _ => throw new InvalidOperationException($"No decision for {outcome.GetType().Name}."),
        };

    private static TimeSpan Wait(TimeSpan scheduled, TimeSpan? asked, double chance)
    {
        var wait = scheduled * (1 - Jitter + (2 * Jitter * chance));
        var floor = asked > LongestAskedWait ? LongestAskedWait : asked ?? TimeSpan.Zero;
        return wait > floor ? wait : floor;
    }
}
