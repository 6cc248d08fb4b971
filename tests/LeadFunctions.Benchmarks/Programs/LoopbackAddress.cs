using System.Net;
using System.Net.Sockets;

namespace LeadFunctions.Benchmarks.Programs;

/// <summary>Addresses on this machine.</summary>
internal static class LoopbackAddress
{
    public const string LeadsPath = "/api/leads";

    /// <summary>A connection, or null when nobody listens.</summary>
    public static Socket? TryConnect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
