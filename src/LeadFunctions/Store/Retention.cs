namespace LeadFunctions.Store;

/// <summary>
/// Removes finished runs and refused bodies that are older than <see cref="StoreOptions.Retention"/>, an hour's worth each hour, in steps so
/// small that posts hardly notice. What still waits and dead letters stay, however old.
/// </summary>
internal sealed partial class Retention(ILeadStore store, StoreOptions options, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    private const int MostInOneStep = 200;

    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Between = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = AfterStart;
        while (true)
        {
            try
            {
                await Task.Delay(wait, time, stoppingToken);
                wait = Between;
                await RemoveAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // An exception that left this loop would stop the whole program.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.Failed(logger, exception);
            }
        }
    }

    private async Task RemoveAsync(CancellationToken stop)
    {
        var before = time.GetUtcNow() - options.Retention;
        var removed = 0;
        RemovalStep step = default;
        do
        {
            stop.ThrowIfCancellationRequested();
            step = await store.RemoveFinishedAsync(before, step.LastSeen, MostInOneStep);
            removed += step.Removed;
        }
        while (step.LastSeen is not null);

        if (removed > 0)
        {
            Log.Removed(logger, removed, options.Retention);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Information, "{Removed} finished runs and refused bodies older than {Retention} were removed.")]
        public static partial void Removed(ILogger logger, int removed, TimeSpan retention);

        [LoggerMessage(4002, LogLevel.Error, "Old runs could not be removed; trying again in an hour.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
