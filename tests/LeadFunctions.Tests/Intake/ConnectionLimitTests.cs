using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>Callers who hold more connections open than the system gives the program file handles.</summary>
public sealed class ConnectionLimitTests
{
    private const int Handles = 800;

    [Fact]
    public async Task Who_holds_connections_open_takes_no_file_handles_from_the_store_and_the_destinations()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The number of file handles is set by a shell of Linux.");
        using var folder = new TemporaryFolder();
        // At two addresses: callers of both count together.
        int[] ports = [FreePort.Next(), FreePort.Next()];
        await using var program = await LeadProcess.StartUnderAsync(
            ["/bin/sh", "-c", $"ulimit -n {Handles}; exec \"$@\"", "sh"],
            folder,
            [.. ports.Select(port => ($"Kestrel__Endpoints__at{port}__Url", $"http://127.0.0.1:{port}"))]);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = program.Client.BaseAddress };
        await AcceptAsync(0);
        var idle = new List<Socket>();
        try
        {
            // The system's queue takes those that are not let in, as long as there is room in it.
            while (idle.Count < Handles + 200)
            {
                idle.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await idle[^1].ConnectAsync("127.0.0.1", ports[idle.Count % 2], TestContext.Current.CancellationToken);
            }

            // On the connection that was there before; the destinations open files of their own.
            for (var number = 1; number <= 20; number++)
            {
                await AcceptAsync(number);
            }

            await Eventually.TrueAsync(
                () => folder.File("data/crm.jsonl") is var crm && File.Exists(crm) && File.ReadAllLines(crm).Length == 21,
                "all leads have arrived");
            Assert.InRange(Directory.GetFileSystemEntries($"/proc/{program.Id}/fd").Length, Handles / 2, Handles - 100);
            Assert.DoesNotContain(idle, IsEnded);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }

        // Those that are gone make room for others.
        using var another = new HttpClient { BaseAddress = program.Client.BaseAddress };
        await Eventually.TrueAsync(async () => await IsLiveAsync(another), "others are let in");

        // Whose connection came while the system's queue was full may be told so.
        static async Task<bool> IsLiveAsync(HttpClient client)
        {
            try
            {
                using var answer = await client.GetAsync("/api/health/live", TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        async Task AcceptAsync(int number)
        {
            using var body = new StringContent(
                string.Create(CultureInfo.InvariantCulture, $$"""{"OfferTitle":"{{number}}"}"""), Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/api/leads", body, TestContext.Current.CancellationToken);
            Assert.Equal(202, (int)answer.StatusCode);
        }
    }

    /// <summary>The server says nothing on these, so that whatever there is to read is the end.</summary>
    private static bool IsEnded(Socket socket) => socket.Poll(0, SelectMode.SelectRead);
}
