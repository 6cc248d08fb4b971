using System.Diagnostics;
using System.Globalization;
using LeadFunctions.FunctionsHost;

namespace LeadFunctions.Benchmarks.Programs;

/// <summary>Azurite, Microsoft's emulator of Azure Storage, on loopback ports and with its data in a folder. Needs Node, and the npm package where <c>.ci/run</c> installs it.</summary>
internal sealed class StorageEmulator : IAsyncDisposable
{
    private static readonly string Script = Repository.File("artifacts", "azurite", "node_modules", "azurite", "dist", "src", "azurite.js");

    private readonly Process _process;
    private readonly IReadOnlyList<int> _ports;

    private StorageEmulator(Process process, string folder, IReadOnlyList<int> ports) => (_process, Folder, _ports) = (process, folder, ports);

    public string Folder { get; }

    /// <summary>A program's settings for a store here, under the emulator's well-known account.</summary>
    public IReadOnlyList<(string Key, string Value)> Store =>
    [
        ("Store__Kind", "AzureStorage"),
        ("Store__ConnectionString", "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
            + $"TableEndpoint={Service(0)};QueueEndpoint={Service(1)};BlobEndpoint={Service(2)}"),
    ];

    public static async Task<StorageEmulator> StartAsync(string folder)
    {
        if (!File.Exists(Script) || Machine.Find("node") is not { } node)
        {
            throw new InvalidOperationException("Azurite isn't installed: it needs Node, and npm install --prefix artifacts/azurite --no-save azurite@3.35.0 (as .ci/run does).");
        }

        int[] ports = [FreePort.Next(), FreePort.Next(), FreePort.Next()];
        string[] names = ["--tablePort", "--queuePort", "--blobPort"];
        var start = new ProcessStartInfo(
            node,
            [
                Script, "--location", folder, "--silent", "--disableTelemetry", "--skipApiVersionCheck",
                .. names.Zip(ports).SelectMany(pair => new[] { pair.First, pair.Second.ToString(CultureInfo.InvariantCulture) }),
            ])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        foreach (var port in ports)
        {
            while (LoopbackAddress.TryConnect(port) is var socket)
            {
                if (socket is not null)
                {
                    socket.Dispose();
                    break;
                }

                await Task.Delay(20);
            }
        }

        return new StorageEmulator(process, folder, ports);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Service(int which) => $"http://127.0.0.1:{_ports[which]}/devstoreaccount1";
}
