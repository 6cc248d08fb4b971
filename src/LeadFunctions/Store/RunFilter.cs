namespace LeadFunctions.Store;

/// <summary>What a list shows: all that holds of everything named here. Null: it doesn't matter.</summary>
/// <param name="State">With a <paramref name="Destination"/> it is what became of the delivery there, whatever became of the others.</param>
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
