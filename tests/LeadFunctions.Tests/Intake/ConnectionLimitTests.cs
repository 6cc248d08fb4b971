using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>Callers who hold more connections open than the program has places for.</summary>
public sealed class ConnectionLimitTests : IAsyncLifetime
{
    private const int Handles = 800;

    /// <summary>What is left of the handles.</summary>
    private const int Places = 400;

    private const string AnswerOfLive = "HTTP/1.1 200 OK";
    private const string LastChunk = "\r\n0\r\n\r\n";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Socket> _callers = [];

    // At two addresses: callers of both count together.
    private readonly int[] _ports = [FreePort.Next(), FreePort.Next()];

    private LeadProcess _program = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The number of file handles is set by a shell of Linux.");
        _program = await LeadProcess.StartUnderAsync(
            ["/bin/sh", "-c", $"ulimit -n {Handles}; exec \"$@\"", "sh"],
            _folder,
            [.. _ports.Select(port => ($"Kestrel__Endpoints__at{port}__Url", $"http://127.0.0.1:{port}"))]);
    }

    public async ValueTask DisposeAsync()
    {
        _callers.ForEach(caller => caller.Dispose());
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Who_holds_connections_open_takes_no_file_handles_from_the_store_and_the_destinations()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = _program.Client.BaseAddress };
        await AcceptAsync(0);
        // The system's queue takes those that have no place yet, as long as there is room in it.
        while (_callers.Count < Handles + 200)
        {
            await ConnectAsync();
        }

        // On the connection that was there before; the destinations open files of their own.
        for (var number = 1; number <= 20; number++)
        {
            await AcceptAsync(number);
        }

        await Eventually.TrueAsync(
            () => _folder.File("data/crm.jsonl") is var crm && File.Exists(crm) && File.ReadAllLines(crm).Length == 21,
            "all leads have arrived");
        Assert.InRange(Directory.GetFileSystemEntries($"/proc/{_program.Id}/fd").Length, Places, Handles - 100);
        // As many as had to give way have, and some more for those who come next; and who comes next is let in.
        await Eventually.TrueAsync(() => _callers.Count(IsEnded) >= _callers.Count - Places, "some have given way");
        Assert.InRange(_callers.Count(caller => !IsEnded(caller)), Places / 2, Places);
        await AskAsync(await ConnectAsync());

        async Task AcceptAsync(int number)
        {
            using var body = new StringContent(
                string.Create(CultureInfo.InvariantCulture, $$"""{"OfferTitle":"{{number}}"}"""), Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/api/leads", body, TestContext.Current.CancellationToken);
            Assert.Equal(202, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Who_was_idle_longest_gives_way_when_all_have_asked_something()
    {
        for (var number = 0; number < Places; number++)
        {
            await AskAsync(await ConnectAsync());
        }

        // Once more, so that it is not the one that was idle longest.
        await AskAsync(_callers[0]);
        for (var number = 0; number < 20; number++)
        {
            await AskAsync(await ConnectAsync());
        }

        await Eventually.TrueAsync(() => _callers.Count(IsEnded) >= 20, "as many have given way as came");
        Assert.False(IsEnded(_callers[0]));
        Assert.DoesNotContain(_callers.TakeLast(20), IsEnded);
    }

    [Fact]
    public async Task Who_has_a_request_under_way_keeps_the_place_until_it_is_answered()
    {
        for (var number = 0; number < Places; number++)
        {
            await SayAsync(await ConnectAsync(), "POST /api/leads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n{\"OfferTitle\":");
        }

        var posts = _callers.ToList();

        // It waits until one of them is cut off, because the rest of its body doesn't come.
        await AskAsync(await ConnectAsync());

        foreach (var post in posts)
        {
            Assert.StartsWith("HTTP/1.1 408 ", await ReadAsync(post), StringComparison.Ordinal);
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _callers.Add(caller);
        await caller.ConnectAsync("127.0.0.1", _ports[_callers.Count % 2], TestContext.Current.CancellationToken);
        return caller;
    }

    private static async Task AskAsync(Socket caller)
    {
        await SayAsync(caller, "GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var answer = await ReadAsync(caller);
        while (!answer.EndsWith(LastChunk, StringComparison.Ordinal))
        {
            answer += await ReadAsync(caller);
        }

        Assert.StartsWith(AnswerOfLive, answer, StringComparison.Ordinal);
    }

    private static async Task SayAsync(Socket caller, string text) =>
        await caller.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    private static async Task<string> ReadAsync(Socket caller)
    {
        var answer = new byte[4_096];
        var length = await caller.ReceiveAsync(answer, TestContext.Current.CancellationToken);
        Assert.NotEqual(0, length);
        return Encoding.ASCII.GetString(answer, 0, length);
    }

    private static bool IsEnded(Socket caller) => caller.Poll(0, SelectMode.SelectRead) && caller.Available == 0;
}
