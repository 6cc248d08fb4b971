using System.Globalization;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Telemetry;

namespace LeadFunctions.Delivery;

/// <summary>Makes one attempt at a delivery to a destination, decides what follows from it, and records both.</summary>
internal sealed partial class DeliveryAttempter(
    ConfiguredDestination destination,
    DestinationServices services,
    IDeliveryStore store,
    DestinationTroubles troubles,
    DeliveryOptions options,
    TimeProvider time,
    Random chance,
    ILogger logger)
{
    /// <summary>How long to wait for the store when it fails. Meanwhile nothing is claimed and nothing is lost.</summary>
    public static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    // Made at the first delivery. A failure to make it is not kept: the next attempt tries again.
    private readonly Lazy<IDestination> _remote = new(() => destination.Make(services), LazyThreadSafetyMode.PublicationOnly);

    private int _unrecorded;

    // How many claims in a row came too late, and the last one's lease: what was claimed together counts once, or a program that stood
    // still for a moment would wait a minute with all that it had.
    private readonly Lock _lateness = new();
    private int _lateClaims;
    private DateTimeOffset _lateLease;

    public string Destination => destination.Name;

    /// <summary>What the attempts tell of the destination.</summary>
    public CircuitBreaker Breaker { get; } = new(options.RetrySchedule.Max());

    /// <summary>There are results that the store could not take yet.</summary>
    public bool HasUnrecorded => Volatile.Read(ref _unrecorded) > 0;

    /// <summary>
    /// Tries a delivery once and records what came of it. Throws nothing: whatever happens, the store has it or its lease brings it back.
    /// </summary>
    public async Task DeliverAsync(LeadDelivery delivery, DateTimeOffset leaseEnd, CancellationToken abandon)
    {
        try
        {
            var started = time.GetUtcNow();
            var left = leaseEnd - started;
            if (left < options.AttemptTimeout / 2)
            {
                await GiveBackAsync(delivery, leaseEnd, started, abandon);
                return;
            }

            NoteLateness(null);
            var began = time.GetTimestamp();
            using var span = LeadTracing.Attempt(delivery.Lead, Destination, delivery.Failures + 1, started);
            var outcome = await AttemptAsync(delivery, left < options.AttemptTimeout ? left : options.AttemptTimeout, abandon);
            if (outcome is not null)
            {
                var now = time.GetUtcNow();
                var state = RetryDecision.After(outcome, delivery.Failures, options.RetrySchedule, now, NextChance());
                NoteBreaker(outcome, now, delivery.Lead.Id, state.DueAt);
                // The clock may have been set meanwhile.
                var attempt = DeliveryAttempt.Of(outcome, started, started + time.GetElapsedTime(began));
                LeadTracing.Attempted(span, attempt, state);
                await RecordAsync(delivery, attempt, state, outcome.Request, abandon);
                await troubles.NoteAsync(delivery, outcome, Breaker.Until > now ? Breaker.Until : state.DueAt);
            }
            else
            {
                await CutOffAsync(delivery, started, abandon);
            }
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // The program is stopping: the lease brings the delivery back.
        }
#pragma warning disable CA1031 // A bug in one delivery must not end the others; its lease brings it back.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DeliveryFailed(logger, delivery.Lead.Id, Destination, exception.GetType().Name);
        }
    }

    /// <summary>Tells that a claim found a lead which was interrupted too often, and made its delivery a dead letter.</summary>
    public void NoteGivenUp(LeadId lead)
    {
        Log.Interrupted(logger, lead, Destination);
        LeadMetrics.GivenUp(Destination);
    }

    /// <summary>
    /// The lease could end during the attempt, and another instance would send it as well. A store that stays slow is asked ever less
    /// often, up to a minute apart.
    /// </summary>
    private Task GiveBackAsync(LeadDelivery delivery, DateTimeOffset leaseEnd, DateTimeOffset now, CancellationToken abandon)
    {
        var wait = StorePause * Math.Min(60, Math.Pow(2, NoteLateness(leaseEnd) - 1));
        var attempt = new DeliveryAttempt(
            now,
            TimeSpan.Zero,
            null,
            DeliveryAttempt.Interrupted,
            "The store took so long to hand it out that its lease could have ended before an answer; nothing was sent.");
        return RecordAsync(
            delivery,
            attempt,
            new DeliveryState(DeliveryStatus.Pending, now + wait, delivery.Failures, attempt.Error, null),
            null,
            abandon);
    }

    /// <summary>How many claims in a row were late; null: this one was not.</summary>
    private int NoteLateness(DateTimeOffset? leaseEnd)
    {
        lock (_lateness)
        {
            _lateClaims = leaseEnd is null ? 0 : leaseEnd == _lateLease ? _lateClaims : _lateClaims + 1;
            _lateLease = leaseEnd ?? default;
            return _lateClaims;
        }
    }

    /// <summary>
    /// A stop that can't wait for the answer is not the lead's doing: it is told in the history, and doesn't count as an interruption
    /// (<see cref="Interruption"/>).
    /// </summary>
    private Task CutOffAsync(LeadDelivery delivery, DateTimeOffset started, CancellationToken abandon)
    {
        var now = time.GetUtcNow();
        const string Cause = "The program was told to stop before an answer came; the request may have arrived.";
        var attempt = new DeliveryAttempt(started, now - started, null, DeliveryAttempt.Interrupted, Cause);
        var state = new DeliveryState(DeliveryStatus.Pending, now, delivery.Failures, Cause, null);
        return RecordAsync(delivery, attempt, state, null, abandon);
    }

    private async Task<DeliveryOutcome?> AttemptAsync(LeadDelivery delivery, TimeSpan most, CancellationToken abandon)
    {
        using var timeout = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, abandon);
        var told = delivery;
        try
        {
            if (Superseded.Reason(delivery, destination.Route.KeepsRow) is { } reason)
            {
                return new DeliveryOutcome.Delivered(null, Note: reason);
            }

            told = await AsItIsNowAsync(delivery);
            var outcome = await _remote.Value.SendAsync(told, either.Token);
            // A failure on the way out is the stop's doing, not the destination's.
            return abandon.IsCancellationRequested && outcome is DeliveryOutcome.Retry ? null : outcome;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            var cause = $"No answer within {most:c}; the request may have arrived.";
            return new DeliveryOutcome.Retry(null, cause, Unanswered: true) { Request = _remote.Value.Preview(told) };
        }
        catch (StoreUnavailableException)
        {
            return new DeliveryOutcome.Retry(null, "What became of it since could not be read from the store. Nothing was sent.");
        }
#pragma warning disable CA1031 // A bug in a destination is an attempt that failed, not a lead that is lost.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DestinationFailed(logger, delivery.Lead.Id, Destination, exception.GetType().Name);
            return new DeliveryOutcome.Retry(
                null,
                $"The destination failed unexpectedly ({exception.GetType().Name}). This is a fault of LeadFunctions.");
        }
    }

    private async Task<LeadDelivery> AsItIsNowAsync(LeadDelivery delivery) =>
        delivery is { Later.Count: > 0, Lead.SharedRow: { } sharedRow }
            && !destination.Route.KeepsRow
            && await store.FindNewestAsync(sharedRow) is { } newest
            ? Superseded.AsItIsNow(delivery, newest)
            : delivery;

    /// <summary>A result is not given up because the store is away for a while: without it the lead would be sent again.</summary>
    private async Task RecordAsync(
        LeadDelivery delivery,
        DeliveryAttempt attempt,
        DeliveryState state,
        string? request,
        CancellationToken abandon)
    {
        var failed = false;
        try
        {
            while (!await TryRecordAsync(delivery, attempt, state, request))
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

    private async Task<bool> TryRecordAsync(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state, string? request)
    {
        try
        {
            bool recorded;
            using (LeadMetrics.Write("record"))
            {
                recorded = await store.RecordAsync(delivery, attempt, state, request);
            }

            if (recorded)
            {
                LeadMetrics.Attempted(delivery, attempt, state);
                WriteLog(delivery, attempt, state);
            }

            return true;
        }
        catch (StoreUnavailableException exception)
        {
            Log.RecordFailed(logger, delivery.Lead.Id, Destination, exception.Message);
            return false;
        }
    }

    private void NoteBreaker(DeliveryOutcome outcome, DateTimeOffset now, LeadId lead, DateTimeOffset? dueAgain)
    {
        if (!Breaker.Note(outcome, now, lead, dueAgain))
        {
            return;
        }

        LeadMetrics.Breaker(Destination, Breaker.IsProbing);
        if (Breaker.IsProbing)
        {
            Log.Paused(logger, Destination, Breaker.Until);
        }
        else
        {
            Log.Resumed(logger, Destination);
        }
    }

    private void WriteLog(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state)
    {
        switch (state.Status)
        {
            case DeliveryStatus.Delivered:
                Log.Delivered(logger, delivery.Lead.Id, Destination, attempt.Duration.TotalMilliseconds);
                break;
            case DeliveryStatus.Pending:
                Log.RetryLater(logger, delivery.Lead.Id, Destination, attempt.Outcome, Answer(attempt), state.DueAt);
                break;
            default:
                Log.DeadLetter(logger, delivery.Lead.Id, Destination, attempt.Outcome, Answer(attempt));
                break;
        }
    }

    private static string Answer(DeliveryAttempt attempt) =>
        attempt.HttpStatus is { } status ? string.Create(CultureInfo.InvariantCulture, $"HTTP status {status}") : "no HTTP answer";

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

        [LoggerMessage(
            2006,
            LogLevel.Warning,
            "Lead {LeadId} was not delivered to {Destination} yet: {Outcome}, {Answer}; "
            + "the next attempt is due at {DueAt:u}.")]
        public static partial void RetryLater(
            ILogger logger,
            LeadId leadId,
            string destination,
            string outcome,
            string answer,
            DateTimeOffset? dueAt);

        [LoggerMessage(
            2007,
            LogLevel.Error,
            "Lead {LeadId} is a dead letter at {Destination}: {Outcome}, {Answer}. Its run has the reason.")]
        public static partial void DeadLetter(ILogger logger, LeadId leadId, string destination, string outcome, string answer);

        [LoggerMessage(
            2008,
            LogLevel.Warning,
            "Destination {Destination} keeps failing: nothing is sent to it before {Until:u}, then one delivery is tried.")]
        public static partial void Paused(ILogger logger, string destination, DateTimeOffset until);

        [LoggerMessage(2009, LogLevel.Information, "Destination {Destination} answers again.")]
        public static partial void Resumed(ILogger logger, string destination);

        [LoggerMessage(
            2010,
            LogLevel.Error,
            "Lead {LeadId} is a dead letter at {Destination}: again and again the program ended while it was being sent. "
            + "Its run says how often.")]
        public static partial void Interrupted(ILogger logger, LeadId leadId, string destination);

        // Without a stack: there is a line for each result each second while the store is away.
        [LoggerMessage(2003, LogLevel.Error, "The result for lead {LeadId} at {Destination} could not be stored; trying again. {Reason}")]
        public static partial void RecordFailed(ILogger logger, LeadId leadId, string destination, string reason);

        [LoggerMessage(2004, LogLevel.Error, "Destination {Destination} failed unexpectedly with lead {LeadId}: {ExceptionType}.")]
        public static partial void DestinationFailed(ILogger logger, LeadId leadId, string destination, string exceptionType);

        [LoggerMessage(
            2005,
            LogLevel.Error,
            "The delivery of lead {LeadId} to {Destination} failed unexpectedly: {ExceptionType}. Its lease brings it back.")]
        public static partial void DeliveryFailed(ILogger logger, LeadId leadId, string destination, string exceptionType);
    }
}
