using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Remote;

/// <summary>
/// Microsoft's emulator of Azure Storage on free loopback ports, with its data in a temporary folder.
/// Needs Node, and the npm package where <c>.ci/run</c> installs it.
/// </summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Install = "npm install --prefix artifacts/azurite --no-save azurite@3.35.0";

    private static readonly string Script = Path.Combine(Repository.Root, "artifacts", "azurite", "node_modules", "azurite", "dist", "src", "azurite.js");

    /// <summary>Enough for every test that asks for one; Azurite learns of them when it starts.</summary>
    private const int Accounts = 250;

    private static readonly string Key = Convert.ToBase64String(new byte[64]);

    private readonly TemporaryFolder _folder = new();
    private readonly int _tables = FreePort.Next();
    private readonly int _queues = FreePort.Next();
    private readonly int _blobs = FreePort.Next();
    private Process? _process;
    private int _accounts;
    private string _said = "";

    private Azurite()
    {
    }

    /// <summary>Why it can't be started here; null when it can.</summary>
    public static string? Missing { get; } =
        !File.Exists(Script) ? $"Azurite isn't installed: {Install} (as .ci/run does)."
        : !HasNode() ? "Node isn't on the PATH; Azurite needs it."
        : null;

    public Uri Tables => Service(_tables);

    public Uri Queues => Service(_queues);

    /// <summary>For the emulator's well-known account, at other addresses if something stands before it.</summary>
    public string ConnectionString(Uri? tables = null, Uri? queues = null) =>
        $"AccountName=devstoreaccount1;AccountKey={WellKnownKey};"
        + $"TableEndpoint={tables ?? Tables};QueueEndpoint={queues ?? Queues};BlobEndpoint={Service(_blobs)}";

    /// <summary>A program's settings for a store of its own here.</summary>
    public (string Key, string Value)[] NewStore() => [("Store__Kind", "AzureStorage"), ("Store__ConnectionString", ConnectionString()), ("Store__Table", SharedAzurite.NewTable())];

    /// <summary>The connection string of an account that nobody else uses: queues have fixed names.</summary>
    public string NewAccount()
    {
        var number = Interlocked.Increment(ref _accounts);
        Assert.True(number <= Accounts, "There are no more accounts.");
        return $"AccountName={Account(number)};AccountKey={Key};TableEndpoint={At(_tables)};QueueEndpoint={At(_queues)};BlobEndpoint={At(_blobs)}";

        string At(int port) => $"http://127.0.0.1:{port}/{Account(number)}";
    }

    /// <summary>A function app's settings: the host's own account, one of its own, which is the store's too.</summary>
    public (string Key, string Value)[] NewHostStore() => [("AzureWebJobsStorage", NewAccount()), ("Store__Kind", "AzureStorage")];

    /// <summary>Skips the test, with the reason, where there is no Azurite.</summary>
    public static async Task<Azurite> StartAsync()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var azurite = new Azurite();
        await azurite.RunAsync();
        return azurite;
    }

    /// <summary>Starts it again on the same port with what it holds.</summary>
    public async Task RunAsync()
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        foreach (var argument in new[] { Script, "--tablePort", Text(_tables), "--queuePort", Text(_queues), "--blobPort", Text(_blobs), "--location", _folder.Path, "--silent", "--disableTelemetry", "--skipApiVersionCheck" })
        {
            start.ArgumentList.Add(argument);
        }

        // Those of the environment take the place of the well-known one.
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(1, Accounts)
            .Select(number => $"{Account(number)}:{Key}").Prepend($"devstoreaccount1:{WellKnownKey}"));
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _said = line.Data ?? _said;
        _process.ErrorDataReceived += (_, line) => _said = line.Data ?? _said;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(async () => await IsListeningAsync(_tables) && await IsListeningAsync(_queues) && await IsListeningAsync(_blobs), "Azurite listens", TimeSpan.FromMinutes(3));
    }

    /// <summary>SIGINT: it writes what it holds to disk and ends.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
        {
            return;
        }

        using (var kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        _folder.Dispose();
    }

    private static bool HasNode() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")));

    private static Uri Service(int port) => new($"http://127.0.0.1:{port}/devstoreaccount1");

    private static string Account(int number) => string.Create(CultureInfo.InvariantCulture, $"test{number}");

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private async Task<bool> IsListeningAsync(int port)
    {
        Assert.False(_process!.HasExited, $"Azurite ended before it listened: {_said}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
