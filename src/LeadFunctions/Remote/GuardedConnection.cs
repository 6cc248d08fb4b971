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

    /// <summary>The addresses of a host that are within reach; throws <see cref="AddressRefusedException"/> when it has others alone, and <see cref="SocketException"/> when it has none.</summary>
    public static async Task<IPAddress[]> ResolveAsync(Reach reach, string host, CancellationToken stop)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, stop);
        var allowed = Array.FindAll(addresses, address => reach.Allows(address));
        return allowed.Length > 0
            ? allowed
            : throw new AddressRefusedException(reach == Reach.PublicOnly
                ? $"{host} leads to an address on this machine or in a private network, where nothing is sent unless AllowPrivateAddresses is true."
                : $"{host} leads to a public address, where nothing is sent without https.");
    }
}
