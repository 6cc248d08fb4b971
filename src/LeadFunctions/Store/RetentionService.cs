namespace LeadFunctions.Store;

/// <summary>Lets <see cref="Retention"/> work each hour while the program runs alone. Behind the Functions host the timer's call does.</summary>
internal sealed class RetentionService(Retention retention, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Between = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = AfterStart; ; wait = Between)
            {
                await Task.Delay(wait, time, stoppingToken);
                await retention.RunDueAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on from here.
        }
    }
}
