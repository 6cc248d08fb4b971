namespace LeadFunctions.Store;

/// <summary>
/// Keeps leads, deliveries, attempts and refused bodies; who uses it takes the role that he needs. When a method that writes returns, the
/// write is
/// durable. Every method throws <see cref="StoreUnavailableException"/> while the store can't do its work; nothing was written then,
/// unless it
/// says that it may have been.
/// </summary>
internal interface ILeadStore : ILeadIntakeStore, IDeliveryStore, IRunHistoryStore, IActStore, INoteStore;
