namespace LeadFunctions.Store.AzureStorage;

/// <summary>What is to be done to a lead.</summary>
/// <param name="Changes">One transaction; empty when there is nothing to do.</param>
/// <param name="Due">The destinations that have something due then.</param>
internal sealed record LeadChange<T>(T Result, IReadOnlyList<TableChange> Changes, IReadOnlyList<string> Due);
