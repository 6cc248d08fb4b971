namespace LeadFunctions.Store;

/// <summary>The store can't take or give anything now: disk full, file locked, read-only, gone. Trying later may work.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
