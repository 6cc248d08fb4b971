namespace LeadFunctions.Store;

/// <summary>
/// Keeps leads, deliveries, attempts and refused bodies. Depend on the narrow interface that you need. When a method that writes returns,
/// the write is durable. Every method throws <see cref="StoreUnavailableException"/> while the store can't do its work; nothing was written
/// then, unless it says that it may have been.
/// </summary>
internal interface ILeadStore : ILeadIntakeStore, IDeliveryStore, IRunHistoryStore, IActionStore, IKeyValueStore;

/// <summary>The store can't take or give anything now: disk full, file locked, read-only, gone. Trying later may work.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// What was to be written may turn out to be there all the same: its commit, or the answer to it, failed. Whoever writes it again gets
    /// one of it. False: nothing of it was written.
    /// </summary>
    public bool MayBeStored { get; init; }
}
