using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Decides what happens to a lead's deliveries. Pure: the rows were read before, the changes are written after.</summary>
internal static class LeadChanges
{
    /// <summary>
    /// False when the lease was lost. A delivery that has arrived is recorded even then: sending it again would be worse.
    /// </summary>
    public static LeadChange<bool> Record(
        LeadRows rows,
        LeadDelivery delivery,
        DeliveryAttempt attempt,
        DeliveryState state,
        string? request)
    {
        var id = rows.Lead.Id;
        if (rows.To(delivery.Destination) is not { State.Status: not DeliveryStatus.Delivered } row
            || (state.Status != DeliveryStatus.Delivered
                && (row.ClaimNumber != delivery.ClaimNumber || row.State.Status != DeliveryStatus.InFlight)))
        {
            return new LeadChange<bool>(false, [], []);
        }

        if (row.ErasedClaimNumber >= delivery.ClaimNumber)
        {
            (attempt, state, request) = (PersonalDataEraser.Without(attempt), PersonalDataEraser.Without(state), null);
        }

        var recorded = row with
        {
            State = state,
            Attempts = row.Attempts + 1,
            Interruptions = attempt.Outcome == DeliveryAttempt.Interrupted ? row.Interruptions : 0,
        };
        var waiting = Waiting(rows, row.Destination, state.Status, attempt.StartedAt + attempt.Duration).ToArray();
        return new LeadChange<bool>(
            true,
            [
                .. DeliveryChanges.Change(id, row, recorded),
                .. Change(id, waiting),
                RunParts.Attempt(id, row.Destination, recorded.Attempts, attempt),
                .. request is null ? Enumerable.Empty<TableChange>() : [RunParts.Sent(id, row.Destination, request)],
            ],
            [.. waiting.Where(row => row.After.State.DueAt is not null).Select(row => row.After.Destination)]);
    }

    /// <summary>How many are resubmitted.</summary>
    public static LeadChange<int> Resubmit(LeadRows rows, string? destination, bool evenDelivered, string by, DateTimeOffset now)
    {
        if (rows.IsErased)
        {
            return new LeadChange<int>(0, [], []);
        }

        return ByPlan(rows, ResubmitPlan.Of(Deliveries(rows), destination, evenDelivered), auditEach: destination is not null, by, now);
    }

    /// <summary>As <see cref="Resubmit"/>, of dead letters alone.</summary>
    public static LeadChange<int> ResubmitDead(LeadRows rows, string? destination, string by, DateTimeOffset now) =>
        ByPlan(rows, ResubmitPlan.OfDeadLetters(Deliveries(rows), destination), auditEach: true, by, now);

    /// <summary>How many are ended.</summary>
    public static LeadChange<int> Discard(LeadRows rows, string? destination, string reason, string by, DateTimeOffset now)
    {
        var id = rows.Lead.Id;
        var dead = rows.Deliveries
            .Where(row => row.State.Status == DeliveryStatus.DeadLetter && (destination is null || row.Destination == destination))
            .ToArray();
        return new LeadChange<int>(
            dead.Length,
            dead.Length == 0 ? [] :
            [
                .. Change(id, dead.Select(row => (row, row with { State = row.State with { Status = DeliveryStatus.Discarded } }))),
                .. Change(id, dead.SelectMany(row => Waiting(rows, row.Destination, DeliveryStatus.Discarded, now))),
                RunParts.Audit(id, new AuditEntry(now, by, AuditEntry.Discarded, destination, reason)),
            ],
            []);
    }

    /// <summary>
    /// Deliveries that wait for another delivery of their lead are let go when it has arrived, and ended when it never will.
    /// </summary>
    /// <returns>The rows that change because of what became of a delivery, each with what it becomes.</returns>
    public static IEnumerable<(DeliveryRow Before, DeliveryRow After)> Waiting(
        LeadRows rows,
        string destination,
        DeliveryStatus status,
        DateTimeOffset now)
    {
        var rest = rows.Deliveries.Where(row => row.IsWaiting).Select(row => (row.Destination, row.After)).ToList();
        foreach (var (next, reason) in WaitingDeliveries.After(rest, destination, status))
        {
            var row = rows.To(next)!;
            yield return (row, row with
            {
                State = reason is null
                    ? row.State with { DueAt = now }
                    : row.State with { Status = DeliveryStatus.DeadLetter, LastError = reason },
            });
        }
    }

    private static Dictionary<string, (DeliveryStatus Status, string? After)> Deliveries(LeadRows rows) =>
        rows.Deliveries.ToDictionary(row => row.Destination, row => (row.State.Status, row.After), StringComparer.Ordinal);

    private static LeadChange<int> ByPlan(
        LeadRows rows,
        IReadOnlyDictionary<string, bool> again,
        bool auditEach,
        string by,
        DateTimeOffset now)
    {
        var id = rows.Lead.Id;
        var changed = rows.Deliveries
            .Where(row => again.ContainsKey(row.Destination))
            .Select(row => (row, row with { State = Pending(row), Interruptions = 0 }));
        return new LeadChange<int>(
            again.Count,
            [.. Change(id, changed), .. AuditEntry.OfResubmit(again.Keys, auditEach, by, now).Select(entry => RunParts.Audit(id, entry))],
            [.. again.Where(put => !put.Value).Select(put => put.Key)]);

        DeliveryState Pending(DeliveryRow row) =>
            row.State with { Status = DeliveryStatus.Pending, DueAt = again[row.Destination] ? null : now, Failures = 0 };
    }

    private static IEnumerable<TableChange> Change(LeadId id, IEnumerable<(DeliveryRow Before, DeliveryRow After)> rows) =>
        rows.SelectMany(row => DeliveryChanges.Change(id, row.Before, row.After));
}

/// <summary>What is to be done to a lead.</summary>
/// <param name="Changes">One transaction; empty when there is nothing to do.</param>
/// <param name="Due">The destinations that have something due then.</param>
internal sealed record LeadChange<T>(T Result, IReadOnlyList<TableChange> Changes, IReadOnlyList<string> Due);
