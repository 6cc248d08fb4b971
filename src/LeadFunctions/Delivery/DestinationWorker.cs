using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// Delivers what is due at one destination: claims, sends, records. It has its own slots and its own waits, so that a
/// destination that is down or slow delays nobody else.
/// </summary>
internal sealed partial class DestinationWorker(
    string destination,
    Lazy<IDestination> remote,
    ILeadStore store,
    DueSignal due,
    DeliveryOptions options,
    TimeProvider time,
    Random chance,
    ILogger logger)
{
    /// <summary>How long to wait for the store when it fails. Meanwhile nothing is claimed and nothing is lost.</summary>
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    /// <summary>Looks again after it at the latest, should the machine have slept or its clock have been set.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _slots = new(options.Concurrency);
    private readonly IdleWaiters _waiters = new();
    private readonly DestinationPause _pause = new(options.RetrySchedule.Max());

    /// <summary>Results that the store could not take yet. While there are any nothing is claimed: a claim could take again what has just been sent.</summary>
    private int _unrecorded;

    /// <summary>Works until told to stop; attempts under way then get until <paramref name="abandon"/>.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken abandon)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await WaitForSlotAsync(stop);
                if (_pause.Until - time.GetUtcNow() is var left && left > TimeSpan.Zero)
                {
                    await Task.Delay(left, time, stop);
                }

                var most = MostToClaim();
                if (most == 0)
                {
                    await due.WaitAsync(destination, stop);
                    continue;
                }

                if (Volatile.Read(ref _unrecorded) > 0)
                {
                    await PauseAsync(stop);
                    continue;
                }

                var waiters = _waiters.Count;
                var claim = await ClaimAsync(most, abandon);
                if (claim.Deliveries.Count == 0)
                {
                    if (_slots.CurrentCount == options.Concurrency)
                    {
                        _waiters.Release(waiters);
                    }

                    await WaitForDueAsync(claim.NextDue, stop);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever happens, the next delivery must be tried: this loop ends only with the program.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.ClaimFailed(logger, destination, exception);
                await PauseAsync(stop);
            }
        }

        for (var slot = 0; slot < options.Concurrency; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Ends when nothing is due and nothing is under way.</summary>
    public async Task WhenIdleAsync(CancellationToken stop)
    {
        var idle = _waiters.AddAsync();
        due.Raise(destination);
        await idle.WaitAsync(stop);
    }

    private async Task WaitForSlotAsync(CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        _slots.Release();
    }

    private async Task<Claim> ClaimAsync(int most, CancellationToken abandon)
    {
        var now = time.GetUtcNow();
        var claim = await store.ClaimAsync(destination, most, now, now + options.LeaseDuration);
        foreach (var delivery in claim.Deliveries)
        {
            await _slots.WaitAsync(CancellationToken.None);
            _ = DeliverAsync(delivery, abandon);
        }

        return claim;
    }

    /// <summary>A destination that hasn't answered since its pause gets one delivery at a time.</summary>
    private int MostToClaim() =>
        !_pause.IsProbing ? _slots.CurrentCount
        : _slots.CurrentCount == options.Concurrency ? 1
        : 0;

    private async Task WaitForDueAsync(DateTimeOffset? nextDue, CancellationToken stop)
    {
        var wait = nextDue is { } at ? at - time.GetUtcNow() : LongestWait;
        wait = wait > LongestWait ? LongestWait : wait;
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            await due.WaitAsync(destination, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The next one is due.
        }
    }

    private async Task DeliverAsync(LeadDelivery delivery, CancellationToken abandon)
    {
        try
        {
            var started = time.GetUtcNow();
            var outcome = await AttemptAsync(delivery, abandon);
            if (outcome is not null)
            {
                var now = time.GetUtcNow();
                NotePause(outcome, now);
                var state = RetryDecision.After(outcome, delivery.Failures, options.RetrySchedule, now, NextChance());
                await RecordAsync(delivery, AttemptText.Of(outcome, started, now), state, abandon);
            }
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // The program is stopping: the lease brings the delivery back.
        }
#pragma warning disable CA1031 // A bug in one delivery must not end the worker; its lease brings it back.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DeliveryFailed(logger, delivery.Lead.Id, destination, exception.GetType().Name);
        }
        finally
        {
            _slots.Release();
            due.Raise(destination);
        }
    }

    private async Task<DeliveryOutcome?> AttemptAsync(LeadDelivery delivery, CancellationToken abandon)
    {
        using var timeout = new CancellationTokenSource(options.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, abandon);
        try
        {
            return await remote.Value.SendAsync(delivery.Lead, either.Token);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return new DeliveryOutcome.Retry(null, $"No answer within {options.AttemptTimeout:c}; the request may have arrived.", Unanswered: true);
        }
#pragma warning disable CA1031 // A bug in a destination is an attempt that failed, not a lead that is lost.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DestinationFailed(logger, delivery.Lead.Id, destination, exception.GetType().Name);
            return new DeliveryOutcome.Retry(null, $"The destination failed unexpectedly ({exception.GetType().Name}). This is a fault of LeadFunctions.");
        }
    }

    /// <summary>A result is not given up because the store is away for a while: without it the lead would be sent again.</summary>
    private async Task RecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, CancellationToken abandon)
    {
        var failed = false;
        try
        {
            while (!await TryRecordAsync(delivery, attempt, state))
            {
                if (!failed)
                {
                    failed = true;
                    Interlocked.Increment(ref _unrecorded);
                }

                await Task.Delay(StorePause, time, abandon);
            }
        }
        finally
        {
            if (failed)
            {
                Interlocked.Decrement(ref _unrecorded);
            }
        }
    }

    private async Task<bool> TryRecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state)
    {
        try
        {
            if (await store.RecordAsync(delivery, attempt, state))
            {
                WriteLog(delivery, attempt, state);
            }

            return true;
        }
        catch (StoreUnavailableException exception)
        {
            Log.RecordFailed(logger, delivery.Lead.Id, destination, exception);
            return false;
        }
    }

    private void NotePause(DeliveryOutcome outcome, DateTimeOffset now)
    {
        if (!_pause.Note(outcome, now))
        {
            return;
        }

        if (_pause.IsProbing)
        {
            Log.Paused(logger, destination, _pause.Until);
        }
        else
        {
            Log.Resumed(logger, destination);
        }
    }

    private void WriteLog(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state)
    {
        switch (state.Status)
        {
            case DeliveryStatus.Delivered:
                Log.Delivered(logger, delivery.Lead.Id, destination, attempt.Duration.TotalMilliseconds);
                break;
            case DeliveryStatus.Pending:
                Log.RetryLater(logger, delivery.Lead.Id, destination, attempt.Outcome, attempt.HttpStatus ?? 0, state.DueAt);
                break;
            default:
                Log.DeadLetter(logger, delivery.Lead.Id, destination, attempt.Outcome, attempt.HttpStatus ?? 0);
                break;
        }
    }

    private async Task PauseAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(StorePause, time, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition ends it.
        }
    }

    private double NextChance()
    {
        lock (chance)
        {
            return chance.NextDouble();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Lead {LeadId} was delivered to {Destination} in {Milliseconds:0} ms.")]
        public static partial void Delivered(ILogger logger, LeadId leadId, string destination, double milliseconds);

        [LoggerMessage(2006, LogLevel.Warning, "Lead {LeadId} was not delivered to {Destination} yet: {Outcome}, HTTP status {HttpStatus}; the next attempt is due at {DueAt:u}.")]
        public static partial void RetryLater(ILogger logger, LeadId leadId, string destination, string outcome, int httpStatus, DateTimeOffset? dueAt);

        [LoggerMessage(2007, LogLevel.Error, "Lead {LeadId} is a dead letter at {Destination}: {Outcome}, HTTP status {HttpStatus}. Its run has the reason.")]
        public static partial void DeadLetter(ILogger logger, LeadId leadId, string destination, string outcome, int httpStatus);

        [LoggerMessage(2008, LogLevel.Warning, "Destination {Destination} keeps failing: nothing is sent to it before {Until:u}, then one delivery is tried.")]
        public static partial void Paused(ILogger logger, string destination, DateTimeOffset until);

        [LoggerMessage(2009, LogLevel.Information, "Destination {Destination} answers again.")]
        public static partial void Resumed(ILogger logger, string destination);

        [LoggerMessage(2002, LogLevel.Error, "What is due at {Destination} could not be claimed; trying again.")]
        public static partial void ClaimFailed(ILogger logger, string destination, Exception exception);

        [LoggerMessage(2003, LogLevel.Error, "The result for lead {LeadId} at {Destination} could not be stored; trying again.")]
        public static partial void RecordFailed(ILogger logger, LeadId leadId, string destination, Exception exception);

        [LoggerMessage(2004, LogLevel.Error, "Destination {Destination} failed unexpectedly with lead {LeadId}: {ExceptionType}.")]
        public static partial void DestinationFailed(ILogger logger, LeadId leadId, string destination, string exceptionType);

        [LoggerMessage(2005, LogLevel.Error, "The delivery of lead {LeadId} to {Destination} failed unexpectedly: {ExceptionType}. Its lease brings it back.")]
        public static partial void DeliveryFailed(ILogger logger, LeadId leadId, string destination, string exceptionType);
    }
}
