namespace LeadFunctions.Remote;

/// <summary>Where a request may go. It is decided by the address that is connected to, not by the name in front of it.</summary>
internal enum Reach
{
    Anywhere,

    /// <summary>Addresses of the public internet alone.</summary>
    PublicOnly,

    /// <summary>This machine and private networks alone: what goes unencrypted must not leave them.</summary>
    PrivateOnly,
}
