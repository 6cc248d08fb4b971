using System.Collections.ObjectModel;

namespace LeadFunctions.Leads;

/// <summary>What several leads are about: they are the events of one thing, which has one row in the CRM.</summary>
/// <param name="RowId">The row's id, which they share.</param>
/// <param name="Order">Which of them says the newer state, whatever came first; among equals the lead that came later.</param>
internal sealed record LeadSubject(LeadId RowId, EventOrder Order)
{
    /// <summary>What several subjects belong to.</summary>
    public LeadId GroupId { get; init; } = RowId;

    /// <summary>When it is over, as far as the lead's content says: until then later events need its leads. Null: unknown.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What the event itself left out: by the path of the content's value, the order of the event that said it.</summary>
    public IReadOnlyDictionary<string, EventOrder> FromOtherEvents { get; init; } = ReadOnlyDictionary<string, EventOrder>.Empty;

    /// <summary>Without what follows from the content.</summary>
    public LeadSubject Bare => new(RowId, Order) { GroupId = GroupId };
}

/// <summary>A newer event of the same <see cref="LeadSubject"/>.</summary>
/// <param name="GoesHere">It has a delivery to the same destination, which nobody has discarded.</param>
internal sealed record LaterEvent(string? Event, bool GoesHere);
