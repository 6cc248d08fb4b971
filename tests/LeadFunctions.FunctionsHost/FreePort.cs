using System.Net;
using System.Net.Sockets;

namespace LeadFunctions.FunctionsHost;

/// <summary>Ports for programs that must be told theirs, or that keep theirs over a restart.</summary>
internal static class FreePort
{
    // Below those that systems give to callers and to who asks for any (from 32,768 on Linux, from 49,152 elsewhere): one of those could be taken
    // between the look and the program's start.
    private const int First = 15_000;
    private const int End = 32_000;

    private static int _last = Random.Shared.Next(First, End);

    /// <summary>One that nobody listens on, and that this process has not given out lately.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _last) % (End - First));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
