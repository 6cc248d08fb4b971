using Azure;
using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>A delivery as it is kept.</summary>
/// <param name="After">The destination that it waits for, or waited for.</param>
/// <param name="ClaimNumber">Counts the claims; stored as Lease.</param>
/// <param name="Attempts">Of all time: the number of the last one.</param>
/// <param name="ClaimId">The last claim, by an id of its own; stored as Worker.</param>
/// <param name="Interruptions">How often in a row it was interrupted before a result was recorded.</param>
/// <param name="ErasedClaimNumber">
/// The last claim before an erasure; stored as ErasedLease. What its attempt reports may quote what was erased.
/// </param>
/// <param name="ETag">The version that was read.</param>
internal sealed record DeliveryRow(
    string Destination,
    DeliveryState State,
    string? After = null,
    int ClaimNumber = 0,
    int Attempts = 0,
    DateTimeOffset? ClaimedAt = null,
    string? ClaimId = null,
    int ErasedClaimNumber = 0,
    int Interruptions = 0,
    ETag ETag = default)
{
    public bool IsFinished => State.Status is DeliveryStatus.Delivered or DeliveryStatus.Discarded;

    public bool IsWaiting => State is { Status: DeliveryStatus.Pending, DueAt: null };

    public static DeliveryRow Planned(PlannedDelivery planned, DateTimeOffset due) =>
        new(
            planned.Destination,
            new DeliveryState(DeliveryStatus.Pending, planned.After is null ? due : null, 0, null, null),
            planned.After);

    public static DeliveryRow Read(TableEntity entity) => new(
        entity.Text("Destination"),
        new DeliveryState(
            StatusText.Parse(entity.Text("Status")) is >= 0 and var status
                ? status
                : throw new StoreUnavailableException($"The store holds a status that is none: entity {entity.RowKey}."),
            entity.TimeOrNull("Due"),
            (int)entity.Number("Failures"),
            entity.TextOrNull("Error"),
            entity.TextOrNull("RemoteId"),
            entity.TextOrNull("Answer")),
        entity.TextOrNull("After"),
        (int)entity.Number("Lease"),
        (int)entity.Number("Attempts"),
        entity.TimeOrNull("ClaimedAt"),
        entity.TextOrNull("Worker"),
        (int)(entity.NumberOrNull("ErasedLease") ?? 0),
        (int)(entity.NumberOrNull("Interruptions") ?? 0),
        entity.ETag);

    public TableEntity Entity(LeadId lead) => TableEntity.New(StoreKeys.Delivery(lead, Destination))
        .With("Destination", Destination)
        .With("Status", StatusText.Of(State.Status))
        .With("Due", State.DueAt)
        .With("Failures", State.Failures)
        .With("Error", State.LastError)
        .With("RemoteId", State.RemoteId)
        .With("Answer", State.Answer)
        .With("After", After)
        .With("Lease", ClaimNumber)
        .With("Attempts", Attempts)
        .With("ClaimedAt", ClaimedAt)
        .With("Worker", ClaimId)
        .With("ErasedLease", ErasedClaimNumber == 0 ? null : ErasedClaimNumber)
        .With("Interruptions", Interruptions == 0 ? null : Interruptions);
}
