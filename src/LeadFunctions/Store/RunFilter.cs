namespace LeadFunctions.Store;

/// <summary>What a list shows: all that holds of everything named here. Null: it doesn't matter.</summary>
/// <param name="State">
/// With a <paramref name="Destination"/> it is what became of the delivery there, whatever became of the others.
/// </param>
/// <param name="Destination">Leads that have a delivery to it, configured still or not.</param>
/// <param name="From">Received then or later.</param>
/// <param name="To">Received before.</param>
/// <param name="Text">In the name, company, e-mail address or offer, see <see cref="SearchedText"/>; anywhere in a refused body.</param>
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
