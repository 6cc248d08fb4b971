using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LeadFunctions.Hosting;

/// <summary>
/// Ends the worker when the Functions host that started it is gone. The host does so itself on Windows, with a job object, and anywhere
/// when it ends in order; but killed on Linux it leaves its workers running for good, with the store's lock that the next one waits for.
/// </summary>
internal sealed partial class HostWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<HostWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>What a host gives its worker to end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var host = ParentId();
        try
        {
            while (ParentId() == host)
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

    // A process whose parent ended belongs to another one from then on.
    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int ParentId();

    private static partial class Log
    {
        [LoggerMessage(3003, LogLevel.Warning, "The Functions host is gone; this worker ends.")]
        public static partial void HostGone(ILogger logger);
    }
}
