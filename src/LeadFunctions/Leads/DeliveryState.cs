namespace LeadFunctions.Leads;

/// <summary>Where a delivery stands after an attempt.</summary>
/// <param name="DueAt">When it may be tried again; null when it is finished, or waits for another delivery.</param>
/// <param name="Failures">Failed attempts since it was accepted or resubmitted.</param>
/// <param name="Answer">What was kept of the remote system's answer (JSON), for deliveries that wait for this one.</param>
internal sealed record DeliveryState(
    DeliveryStatus Status,
    DateTimeOffset? DueAt,
    int Failures,
    string? LastError,
    string? RemoteId,
    string? Answer = null);

/// <summary>
/// The statuses of a delivery: pending → in_flight → delivered | pending (due later) | dead_letter → pending | discarded.
/// </summary>
internal enum DeliveryStatus
{
    Pending,
    InFlight,
    Delivered,
    DeadLetter,
    Discarded,
}

/// <summary>The words that the store and the answers use for a delivery's status.</summary>
internal static class StatusText
{
    private static readonly string[] Words = ["pending", "in_flight", "delivered", "dead_letter", "discarded"];

    public static string Of(DeliveryStatus status) => Words[(int)status];

    public static DeliveryStatus Parse(string word) => (DeliveryStatus)Array.IndexOf(Words, word);
}
