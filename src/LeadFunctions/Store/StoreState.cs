namespace LeadFunctions.Store;

/// <param name="OldestDue">Since when the longest-waiting delivery could have been tried; null when none is due.</param>
/// <param name="Unfinished">Unfinished deliveries by destination, also of those that are no longer configured.</param>
internal sealed record StoreState(DateTimeOffset? OldestDue, int DeadLetters, IReadOnlyDictionary<string, int> Unfinished)
{
    /// <summary>Dead letters by destination; null when the store does not count them so.</summary>
    public IReadOnlyDictionary<string, int>? DeadLettersAt { get; init; }
}
