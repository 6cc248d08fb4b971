using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace LeadFunctions.Benchmarks.Hostile;

/// <summary>
/// Callers who cost a server as much as they can, each kind with so many connections until it is told to stop. Their pace is bounded: they
/// share the machine with the program, and are to show what a connection costs it, not what a core does.
/// </summary>
internal sealed class HostileCallers(int port, int? tlsPort, CancellationToken stop)
{
    private static readonly byte[] HalfAPost =
        Text("POST /api/leads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n{\"OfferTitle\":");

    private static readonly byte[] ManyHeaders = Text(
        "POST /api/leads HTTP/1.1\r\nHost: localhost\r\n"
        + $"{string.Concat(Enumerable.Range(0, 2_000).Select(number => $"X-{number}: {new string('x', 20)}\r\n"))}\r\n");

    private int _open;
    private int _mostOpen;
    private int _came;
    private int _ended;
    private long _sent;

    /// <summary>The most connections that were open at once.</summary>
    public int MostOpen => Volatile.Read(ref _mostOpen);

    /// <summary>Callers who have been let in, however often.</summary>
    public int Came => Volatile.Read(ref _came);

    /// <summary>Connections that the server has ended.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Requests, headers or frames, as the kind counts them.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Connections that never say anything.</summary>
    public Task IdleAsync(int count) => EachAsync(count, async socket => await ReadToEndAsync(socket), again: false);

    /// <summary>A header each half second, and never the last one.</summary>
    public Task SlowHeadersAsync(int count) => TrickleAsync(count, "POST /api/leads HTTP/1.1\r\nHost: localhost\r\n", "X-More: x\r\n");

    /// <summary>Two letters of a body each second.</summary>
    public Task SlowBodiesAsync(int count) =>
        TrickleAsync(count, "POST /api/leads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n", " ");

    /// <summary>Requests without end, whose answers nobody reads.</summary>
    public Task PipelineAsync(int count) => EachAsync(count, async socket =>
    {
        var requests = Text(string.Concat(Enumerable.Repeat("GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", 50)));
        while (!stop.IsCancellationRequested)
        {
            await SendAsync(socket, requests);
            Interlocked.Add(ref _sent, 50);
            await Task.Delay(50, stop);
        }
    });

    /// <summary>Half a post, then a reset.</summary>
    public Task DropAsync(int count) => EachAsync(count, async socket =>
    {
        await SendAsync(socket, HalfAPost);
        Interlocked.Increment(ref _sent);
        await Task.Delay(50, stop);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    });

    /// <summary>More headers than the server takes.</summary>
    public Task FloodHeadersAsync(int count) => EachAsync(count, async socket =>
    {
        await SendAsync(socket, ManyHeaders);
        Interlocked.Increment(ref _sent);
        await ReadToEndAsync(socket);
    });

    /// <summary>HTTP/2, where a server speaks it: streams that are opened and reset at once (CVE-2023-44487).</summary>
    public Task ResetStreamsAsync(int count) => EachAsync(count, async socket =>
    {
        await using var connection = await Http2Async(socket);
        var reading = ReadToEndAsync(connection);
        for (var stream = 1; !stop.IsCancellationRequested && !reading.IsCompleted; stream += 200)
        {
            var frames = new List<byte>();
            for (var next = stream; next < stream + 200; next += 2)
            {
                frames.AddRange(Frame(type: 1, flags: 0b101, next, PostHeaders));
                frames.AddRange(Frame(type: 3, flags: 0, next, [0, 0, 0, 8]));
            }

            await connection.WriteAsync(frames.ToArray(), stop);
            Interlocked.Add(ref _sent, 100);
            await Task.Delay(50, stop);
        }
    });

    /// <summary>HTTP/2: headers that go on and on (CVE-2024-27316).</summary>
    public Task ContinueHeadersAsync(int count) => EachAsync(count, async socket =>
    {
        await using var connection = await Http2Async(socket);
        var reading = ReadToEndAsync(connection);
        await connection.WriteAsync(Frame(type: 1, flags: 0, 1, PostHeaders), stop);
        // A literal header of its own, not indexed: "x" with 4,000 letters.
        byte[] header = [0, 1, (byte)'x', 0x7f, 0xa1, 0x1e, .. Enumerable.Repeat((byte)'y', 4_000)];
        while (!stop.IsCancellationRequested && !reading.IsCompleted)
        {
            await connection.WriteAsync(Frame(type: 9, flags: 0, 1, header), stop);
            Interlocked.Increment(ref _sent);
            await Task.Delay(5, stop);
        }
    });

    /// <summary>:method POST, :scheme https, :path /api/leads, :authority localhost, without Huffman's code.</summary>
    private static byte[] PostHeaders { get; } = [0x83, 0x87, 0x04, 10, .. "/api/leads"u8, 0x01, 9, .. "localhost"u8];

    // They wait a while first, each time: else the server would cut all of them off at one moment, and what that costs shows nothing of the rest.
    private Task TrickleAsync(int count, string first, string then) => EachAsync(count, async socket =>
    {
        await Task.Delay(Random.Shared.Next(5_000), stop);
        await SendAsync(socket, Text(first));
        var reading = ReadToEndAsync(socket);
        while (!stop.IsCancellationRequested && !reading.IsCompleted)
        {
            await SendAsync(socket, Text(then));
            Interlocked.Increment(ref _sent);
            await Task.WhenAny(reading, Task.Delay(500, stop));
        }
    });

    private Task EachAsync(int count, Func<Socket, Task> behave, bool again = true) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => OneAsync(number, behave, again))));

    private async Task OneAsync(int number, Func<Socket, Task> behave, bool again)
    {
        var came = false;
        do
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                // One address has some 28,000 ports.
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + (number / 10_000))]), 0));
                await socket.ConnectAsync(IPAddress.Loopback, port, stop);
                InterlockedMax(ref _mostOpen, Interlocked.Increment(ref _open));
                Come(ref came);
                try
                {
                    await behave(socket);
                }
                finally
                {
                    Interlocked.Decrement(ref _open);
                }
            }
            catch (Exception ended) when (ended is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // By the server, or by who began all this.
                if (ended is SocketException { SocketErrorCode: SocketError.ConnectionReset })
                {
                    // It may have been let in and ended before it looked.
                    Come(ref came);
                }
            }

            if (!stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref _ended);
                await Task.Delay(20, CancellationToken.None);
            }
        }
        while (again && !stop.IsCancellationRequested);
    }

    private void Come(ref bool came)
    {
        if (!came)
        {
            came = true;
            Interlocked.Increment(ref _came);
        }
    }

    private async Task<Stream> Http2Async(Socket plain)
    {
        plain.Close();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var to = tlsPort ?? throw new InvalidOperationException("HTTP/2 is spoken with TLS alone.");
        await socket.ConnectAsync(IPAddress.Loopback, to, stop);
        var connection = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        };
        // The server was started here, with a certificate that nobody else signed.
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=localhost";
        await connection.AuthenticateAsClientAsync(options, stop);
        if (connection.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
        {
            throw new InvalidOperationException("The server doesn't speak HTTP/2.");
        }

        await connection.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(type: 4, flags: 0, 0, [])], stop);
        return connection;
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload) =>
    [
        (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags,
        (byte)(stream >> 24), (byte)(stream >> 16), (byte)(stream >> 8), (byte)stream, .. payload,
    ];

    private async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), stop);
        }
    }

    private Task ReadToEndAsync(Socket socket) => ReadToEndAsync(new NetworkStream(socket));

    /// <summary>A reset is an end too.</summary>
    private async Task ReadToEndAsync(Stream stream)
    {
        var buffer = new byte[4 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, stop) > 0)
            {
                // What it says doesn't matter.
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private static void InterlockedMax(ref int place, int value)
    {
        var seen = Volatile.Read(ref place);
        while (seen < value && Interlocked.CompareExchange(ref place, value, seen) is var now && now != seen)
        {
            // Somebody else was faster.
            seen = now;
        }
    }

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);
}
