using System.Net;
using System.Net.Sockets;

namespace LeadFunctions.Remote;

/// <summary>
/// Connects only to addresses within reach. The name is resolved here and the checked address itself is connected to, so that a
/// name which changes its address between check and use gains nothing.
/// </summary>
internal static class GuardedConnection
{
    public static async ValueTask<Stream> ConnectAsync(Reach reach, DnsEndPoint end, CancellationToken stop)
    {
        var allowed = await ResolveAsync(reach, end.Host, stop);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The addresses of a host that are within reach; throws <see cref="AddressRefusedException"/> when it has others alone, and
    /// <see cref="SocketException"/> when it has none.
    /// </summary>
    public static async Task<IPAddress[]> ResolveAsync(Reach reach, string host, CancellationToken stop)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, stop);
        var allowed = Array.FindAll(addresses, address => reach.Allows(address));
        return allowed.Length > 0
            ? allowed
            : throw new AddressRefusedException(
                reach == Reach.PublicOnly
                    ? $"{host} leads to an address on this machine or in a private network, where nothing is sent unless "
                        + "AllowPrivateAddresses is true."
                    : $"{host} leads to a public address, where nothing is sent without https.");
    }
}

/// <summary>Nothing was sent: the name leads to no address that the request may go to.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);

/// <summary>Where a request may go. It is decided by the address that is connected to, not by the name in front of it.</summary>
internal enum Reach
{
    Anywhere,

    /// <summary>Addresses of the public internet alone.</summary>
    PublicOnly,

    /// <summary>This machine and private networks alone: what goes unencrypted must not leave them.</summary>
    PrivateOnly,
}
