using System.Collections.ObjectModel;

namespace LeadFunctions.Leads;

/// <summary>
/// The row in the CRM that several leads share, because they are events of one thing: an appointment and one of its customers.
/// </summary>
/// <param name="RowId">The row's id, which they share.</param>
/// <param name="Order">Which of them says the newer state, whatever came first; among equals the lead that came later.</param>
internal sealed record SharedRow(LeadId RowId, EventOrder Order)
{
    /// <summary>The group of rows that it belongs to: those of one appointment.</summary>
    public LeadId GroupId { get; init; } = RowId;

    /// <summary>When it is over, as far as the lead's content says: until then later events need its leads. Null: unknown.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What the event itself left out: by the path of the content's value, the order of the event that said it.</summary>
    public IReadOnlyDictionary<string, EventOrder> FromOtherEvents { get; init; } = ReadOnlyDictionary<string, EventOrder>.Empty;

    /// <summary>Without what follows from the content.</summary>
    public SharedRow Bare => new(RowId, Order) { GroupId = GroupId };
}

/// <summary>A newer event of the same <see cref="SharedRow"/>.</summary>
/// <param name="GoesHere">It has a delivery to the same destination, which nobody has discarded.</param>
internal sealed record LaterEvent(string? Event, bool GoesHere);
