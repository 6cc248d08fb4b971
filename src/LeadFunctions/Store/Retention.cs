using System.Globalization;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// Removes finished runs and refused bodies that are older than <see cref="StoreOptions.Retention"/>, an hour's worth each hour, in steps
/// so small that posts hardly notice. What still waits and dead letters stay, however old. The store remembers when it was done, and how
/// far it came: behind the Functions host no instance need live for an hour, and several share the work.
/// </summary>
internal sealed partial class Retention(
    IRunHistoryStore history, IKeyValueStore store, StoreOptions options, TimeProvider time, ILogger<Retention> logger)
{
    private const string Scope = "retention";
    private const string BegunKey = "begun";
    private const string CameToKey = "came to";
    private const int MostInOneStep = 100;

    private static readonly TimeSpan Between = TimeSpan.FromHours(1);

    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>
    /// Removes what is due to go, unless that was begun within the last hour, by whichever instance. Stopped in the middle, the next call
    /// goes on from there. Throws <see cref="OperationCanceledException"/> alone: what can't be removed now is due again in an hour.
    /// </summary>
    public async Task RunDueAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        stop.ThrowIfCancellationRequested();
        try
        {
            if (_next <= now)
            {
                await LookAsync(now, stop);
            }
        }
#pragma warning disable CA1031 // Neither deliveries nor the program may suffer from it.
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _next = now + Between;
            Log.Failed(logger, exception);
        }
    }

    private async Task LookAsync(DateTimeOffset now, CancellationToken stop)
    {
        var notes = (await store.FindValuesAsync(Scope)).ToDictionary(note => note.Key, note => note.Value);
        var cameTo = notes.TryGetValue(CameToKey, out var id) ? LeadId.Parse(id) : (LeadId?)null;
        // A time that is still to come was noted by a clock that went wrong.
        if (cameTo is null && notes.TryGetValue(BegunKey, out var text) && Time(text) is var begun && begun <= now && begun + Between > now)
        {
            _next = begun + Between;
            return;
        }

        await store.SetValueAsync(Scope, BegunKey, now.ToString("O", CultureInfo.InvariantCulture));
        await RemoveAsync(now - options.Retention, cameTo, stop);
        _next = now + Between;
    }

    private async Task RemoveAsync(DateTimeOffset before, LeadId? cameTo, CancellationToken stop)
    {
        var resumed = cameTo is not null;
        var removed = 0;
        do
        {
            var step = await history.RemoveFinishedAsync(before, cameTo, MostInOneStep);
            removed += step.Removed;
            cameTo = step.LastSeen;
        }
        while (cameTo is not null && !stop.IsCancellationRequested);

        if (removed > 0)
        {
            Log.Removed(logger, removed, options.Retention);
        }

        if (resumed || cameTo is not null)
        {
            await store.SetValueAsync(Scope, CameToKey, cameTo?.ToString());
        }

        if (cameTo is not null)
        {
            stop.ThrowIfCancellationRequested();
        }
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Information, "{Removed} finished runs and refused bodies older than {Retention} were removed.")]
        public static partial void Removed(ILogger logger, int removed, TimeSpan retention);

        [LoggerMessage(4002, LogLevel.Error, "Old runs could not be removed; trying again in an hour.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

/// <summary>
/// Lets <see cref="Retention"/> work each hour while the program runs alone. Behind the Functions host the timer's call does.
/// </summary>
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
