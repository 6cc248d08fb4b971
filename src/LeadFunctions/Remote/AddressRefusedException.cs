namespace LeadFunctions.Remote;

/// <summary>Nothing was sent: the name leads to no address that the request may go to.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);
