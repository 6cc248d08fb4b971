using System.Collections.Concurrent;
using LeadFunctions.Hosting;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Looks at each configured business when it is time: when the Functions host's timer calls, because the app may have slept since, and in
/// the background, except behind the host with Azure Storage. A business that can't be read holds up no other one.
/// </summary>
internal sealed partial class CalendarPolling(
    BookingsOptions options, CalendarReader reader, TimeProvider time, ILogger<CalendarPolling> logger) : BackgroundService
{
    /// <summary>
    /// Of a timer's call, within the five minutes that Azure's first plan gives a function. It is no shorter: a request may take a minute,
    /// and one business that doesn't answer may not take the others' time.
    /// </summary>
    private static readonly TimeSpan MostTimeOfCall = TimeSpan.FromMinutes(4);

    /// <summary>The timer comes each minute: what is due before the middle between two calls is read at the first of them.</summary>
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly (DateTimeOffset At, long Stamp) _began = (time.GetUtcNow(), time.GetTimestamp());
    private readonly ConcurrentDictionary<string, DateTimeOffset> _next = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, GraphFaultKind> _faults = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A clock that nobody sets: looks are as far apart as they should be when the machine's clock is set back.</summary>
    private DateTimeOffset Steady => _began.At + time.GetElapsedTime(_began.Stamp);

    /// <summary>For a timer's call: what isn't finished in its time is gone on with in the next.</summary>
    public async Task ReadDueInTimeAsync(CancellationToken stop)
    {
        using var run = TimerCall.Begin(MostTimeOfCall, time, stop);
        await run.UntilStoppedAsync(end => ReadDueAsync(SoonEnough, end));
    }

    /// <summary>
    /// Ends when every business that was due has been looked at, or with <see cref="OperationCanceledException"/>. Whoever has been due
    /// longest comes first.
    /// </summary>
    /// <param name="early">Takes also what is due so soon.</param>
    private async Task ReadDueAsync(TimeSpan early, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var until = Steady + early;
            foreach (var business in options.Businesses
                .Where(business => _next.GetValueOrDefault(business) <= until)
                .OrderBy(business => _next.GetValueOrDefault(business)))
            {
                // A look that is cut off is due from now on, and doesn't come before the others again.
                _next[business] = Steady;
                _next[business] = await LookAsync(business, stop);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await ReadDueAsync(TimeSpan.Zero, stoppingToken);
                var wait = _next.Values.Min() - Steady;
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was noted is noted; the next start goes on from there.
        }
    }

    /// <summary>Looks at a business, and says until when to leave it alone then.</summary>
    private async Task<DateTimeOffset> LookAsync(string business, CancellationToken stop)
    {
        var next = Steady + options.PollInterval;
        try
        {
            var events = await reader.ReadAsync(business, stop);
            if (_faults.TryRemove(business, out _))
            {
                Log.ReadAgain(logger, business);
            }

            if (events > 0)
            {
                Log.Read(logger, events, business);
            }
        }
        catch (GraphUnavailableException exception)
        {
            // Once for each kind: a business that is misspelt would fill the log otherwise.
            if (!_faults.TryGetValue(business, out var known) || known != exception.Fault.Kind)
            {
                _faults[business] = exception.Fault.Kind;
                Log.Unreadable(logger, business, exception.Fault.Reason, GraphAdvice.For(exception.Fault.Kind, business));
            }

            // The wait counts from the answer, which may have taken long.
            return exception.Fault.Wait is { } wait && Steady + wait is var asked && asked > next ? asked : next;
        }
        catch (StoreUnavailableException exception)
        {
            Log.StoreUnavailable(logger, business, exception);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.CutOff(logger, business);
            throw;
        }
#pragma warning disable CA1031 // An exception that left this loop would stop the whole program.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(logger, business, exception.GetType().Name, exception.StackTrace);
        }

        return next;
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Information, "{Events} events of appointments at {Business}.")]
        public static partial void Read(ILogger logger, int events, string business);

        [LoggerMessage(5002, LogLevel.Warning, "The appointments of {Business} can't be read: {Reason} {Advice}")]
        public static partial void Unreadable(ILogger logger, string business, string reason, string advice);

        [LoggerMessage(5003, LogLevel.Information, "The appointments of {Business} can be read again.")]
        public static partial void ReadAgain(ILogger logger, string business);

        [LoggerMessage(
            5004,
            LogLevel.Error,
            "Events of appointments at {Business} could not be stored; they are tried again the next time.")]
        public static partial void StoreUnavailable(ILogger logger, string business, Exception exception);

        // Not the message: it may quote an appointment.
        [LoggerMessage(5005, LogLevel.Error, "Reading the appointments of {Business} failed unexpectedly: {ExceptionType}\n{StackTrace}")]
        public static partial void Failed(ILogger logger, string business, string exceptionType, string? stackTrace);

        [LoggerMessage(
            5006,
            LogLevel.Information,
            "Reading the appointments of {Business} was cut off. What was found is kept, and the next look goes on.")]
        public static partial void CutOff(ILogger logger, string business);
    }
}
