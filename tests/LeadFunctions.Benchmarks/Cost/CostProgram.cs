using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.FunctionsHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Benchmarks.Cost;

/// <summary>
/// The program in this process, so that what a request costs can be read: this process's time and memory, with a client that needs next to none.
/// Its destinations don't answer, and its clock stands still: after a few tries their breakers stay open, and no delivery is counted into a request.
/// </summary>
internal sealed class CostProgram : IAsyncDisposable
{
    private const int TriedBefore = 8;

    private readonly Scratch _scratch = new();
    private readonly StandingTime _time = new();
    private readonly byte[] _read = new byte[64 * 1024];
    private readonly byte[] _head = new byte[4096];
    private readonly WebApplication _app;

    private CostProgram(Func<Scratch, TimeProvider, WebApplication> build) => _app = build(_scratch, _time);

    public static async Task<CostProgram> StartAsync()
    {
        var program = new CostProgram(Build);
        await program._app.StartAsync();
        for (var lead = 0; lead < TriedBefore; lead++)
        {
            program.Post("/api/leads", Encoding.UTF8.GetBytes($$"""{"OfferTitle":"{{lead}}"}"""));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(300));
        return program;
    }

    public string Now => _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Nothing else has the time at which what is posted next arrives.</summary>
    public void Tick() => _time.Tick();

    public CostAnswer Post(string path, byte[] body, string headers = "Content-Type: application/json\r\n") =>
        Send($"POST {path} HTTP/1.1\r\n{headers}Content-Length: {body.Length}\r\n", body);

    public CostAnswer Get(string path, string headers = "Accept: application/json\r\n") => Send($"GET {path} HTTP/1.1\r\n{headers}", []);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _scratch.Dispose();
    }

    private static WebApplication Build(Scratch scratch, TimeProvider time)
    {
        var port = FreePort.Next();
        var settings = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Store:Path"] = scratch.File("leads.db"),
            ["Logging:LogLevel:Default"] = "None",
            ["Runs:Keys:0"] = ServerPrograms.RunsKey,
            ["Intake:DuplicateWindow"] = "00:00:00",
            ["Destinations:crm:Kind"] = "Dataverse",
            ["Destinations:crm:Url"] = $"http://127.0.0.1:{port}",
            ["Destinations:crm:Auth"] = "None",
            ["Destinations:mail:Kind"] = "SendGrid",
            ["Destinations:mail:Host"] = $"http://127.0.0.1:{port}",
            ["Destinations:mail:ApiKey"] = "SG.for-the-benchmark",
            ["Destinations:mail:From"] = "leads@contoso.example",
            ["Destinations:mail:To"] = "sales@contoso.example",
            ["Destinations:hook:Kind"] = "Webhook",
            ["Destinations:hook:Url"] = $"http://127.0.0.1:{port}/hook",
            ["Destinations:hook:AllowPrivateAddresses"] = "true",
            ["Destinations:hook:Form:who"] = "{{UserDetails.Email}} {{UserDetails.LastName}}",
            ["Destinations:hook:Form:what"] = "{{OfferTitle}} {{Description}}",
        };
        return LeadFunctionsServer.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddSingleton(time);
        });
    }

    /// <summary>Blocking calls into buffers that are there: the client costs what the system's calls cost.</summary>
    private CostAnswer Send(string head, byte[] body)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, new Uri(_app.Urls.First()).Port);
        socket.Send(Encoding.ASCII.GetBytes($"{head}Host: localhost\r\nConnection: close\r\nx-functions-key: {ServerPrograms.RunsKey}\r\n\r\n"));
        for (var sent = 0; sent < body.Length;)
        {
            sent += socket.Send(body.AsSpan(sent));
        }

        var length = 0L;
        while (socket.Receive(_read) is > 0 and var read)
        {
            if (length < _head.Length)
            {
                _read.AsSpan(0, (int)Math.Min(read, _head.Length - length)).CopyTo(_head.AsSpan((int)length));
            }

            length += read;
        }

        return new CostAnswer(Encoding.UTF8.GetString(_head, 0, (int)Math.Min(length, _head.Length)), length);
    }

    /// <summary>It moves when it is told to. Timers and durations are the system's.</summary>
    private sealed class StandingTime : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero).UtcTicks;

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

        public void Tick() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerMillisecond);
    }
}

/// <param name="Head">Its first bytes, with the status and the headers.</param>
/// <param name="Length">All its bytes.</param>
internal readonly record struct CostAnswer(string Head, long Length)
{
    public int Status => int.Parse(Head.AsSpan(9, 3), CultureInfo.InvariantCulture);

    /// <summary>A text of the answer's JSON.</summary>
    public string? Text(string name) =>
        Head.IndexOf($"\"{name}\":\"", StringComparison.Ordinal) is >= 0 and var at
            ? Head[(at + name.Length + 4)..].Split('"')[0]
            : null;
}
