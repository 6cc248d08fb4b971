using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Next">The last item's id: the next page is what came before it. Null when there is no more.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, LeadId? Next);
