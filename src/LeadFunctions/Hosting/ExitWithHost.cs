using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LeadFunctions.Hosting;

/// <summary>
/// Ends this worker process when the Functions host that started it was killed. A host that ends in order stops its workers, and on
/// Windows a job object does. Killed on Linux, a host leaves its workers running for good, with the store's lock that the next one waits
/// for. What happens to deliveries when the worker itself is killed: <c>Store/Interruption</c>.
/// </summary>
/// <param name="host">The id of the host's process, which started this one.</param>
internal sealed partial class ExitWithHost(
    int host, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ExitWithHost> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>As long as a host waits for its worker before it kills it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>The process that has started this one, or that it belongs to since that has ended; 0 on Windows.</summary>
    public static int ParentId => OperatingSystem.IsWindows() ? 0 : GetParentId();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            while (ParentId == host)
            {
                await Task.Delay(Between, time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Log.HostGone(logger);
        _ = KillAfterAsync(Grace);
        lifetime.StopApplication();
    }

    /// <summary>What is still under way then comes back to the next worker.</summary>
    private async Task KillAfterAsync(TimeSpan grace)
    {
        await Task.Delay(grace, time, CancellationToken.None);
        Process.GetCurrentProcess().Kill();
    }

    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int GetParentId();

    private static partial class Log
    {
        [LoggerMessage(3003, LogLevel.Warning, "The Functions host is gone; this worker ends.")]
        public static partial void HostGone(ILogger logger);
    }
}
