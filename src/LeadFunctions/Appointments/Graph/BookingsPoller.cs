using System.Collections.Concurrent;
using LeadFunctions.Hosting;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Reads the appointments of each configured business once per poll interval. The Functions host's timer starts it, because the app may
/// have slept; except behind the host with Azure Storage it also runs in the background. A business that can't be read delays no other.
/// </summary>
internal sealed partial class BookingsPoller(
    BookingsOptions options, BookingsReader reader, TimeProvider time, ILogger<BookingsPoller> logger) : BackgroundService
{
    /// <summary>
    /// A timer's call must end within the functionTimeout of the Consumption plan, which is five minutes by default. It gets nearly all of
    /// it: one request may take a minute, and a business that doesn't answer must leave time for the others.
    /// </summary>
    private static readonly TimeSpan MostTimeOfCall = TimeSpan.FromMinutes(4);

    /// <summary>The timer calls each minute. The call nearest to the due time reads the business, if need be half a minute early.</summary>
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly (DateTimeOffset At, long Stamp) _began = (time.GetUtcNow(), time.GetTimestamp());
    private readonly ConcurrentDictionary<string, DateTimeOffset> _next = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, GraphFaultKind> _faults = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A clock that nobody can set: the interval between polls stays right when the machine's clock is set back.</summary>
    private DateTimeOffset Steady => _began.At + time.GetElapsedTime(_began.Stamp);

    /// <summary>One call of the timer. What it has no time left for is read by the next call.</summary>
    public async Task PollDueAsync(CancellationToken stop)
    {
        using var run = TimerCall.Begin(MostTimeOfCall, time, stop);
        await run.UntilStoppedAsync(end => PollDueAsync(SoonEnough, end));
    }

    /// <summary>
    /// Reads every business that is due, the one that has been due longest first. Throws <see cref="OperationCanceledException"/> when it
    /// is stopped before the last one.
    /// </summary>
    /// <param name="early">Businesses that become due within this time are read too.</param>
    private async Task PollDueAsync(TimeSpan early, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var until = Steady + early;
            foreach (var business in options.Businesses
                .Where(business => _next.GetValueOrDefault(business) <= until)
                .OrderBy(business => _next.GetValueOrDefault(business)))
            {
                // If this is cut off, the business is due from now on: in the next call the others come first.
                _next[business] = Steady;
                _next[business] = await ReadAsync(business, stop);
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
                await PollDueAsync(TimeSpan.Zero, stoppingToken);
                var wait = _next.Values.Min() - Steady;
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The sync states are stored; the next start goes on from there.
        }
    }

    /// <summary>Reads one business.</summary>
    /// <returns>When it is due again.</returns>
    private async Task<DateTimeOffset> ReadAsync(string business, CancellationToken stop)
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
            // Each kind of fault is logged once: a misspelt business would fill the log otherwise.
            if (!_faults.TryGetValue(business, out var known) || known != exception.Fault.Kind)
            {
                _faults[business] = exception.Fault.Kind;
                Log.Unreadable(logger, business, exception.Fault.Reason, GraphAdvice.For(exception.Fault.Kind, business));
            }

            // Graph's wait counts from its answer, and the answer may have taken long.
            return exception.Fault.Wait is { } wait && Steady + wait is var asked && asked > next ? asked : next;
        }
        catch (StoreUnavailableException exception)
        {
            Log.StoreUnavailable(logger, business, exception.Message);
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
            "Events of appointments at {Business} could not be stored; they are tried again the next time. {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, string business, string reason);

        // Without the exception's message: it may quote an appointment.
        [LoggerMessage(5005, LogLevel.Error, "Reading the appointments of {Business} failed unexpectedly: {ExceptionType}\n{StackTrace}")]
        public static partial void Failed(ILogger logger, string business, string exceptionType, string? stackTrace);

        [LoggerMessage(
            5006,
            LogLevel.Information,
            "Reading the appointments of {Business} was cut off. What was found is kept, and the next look goes on.")]
        public static partial void CutOff(ILogger logger, string business);
    }
}
