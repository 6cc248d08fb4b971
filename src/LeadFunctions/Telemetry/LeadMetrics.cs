using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LeadFunctions.Leads;

namespace LeadFunctions.Telemetry;

/// <summary>
/// The program's meter. Names, units and what each one means are in docs/monitoring.md. Tags are names of sources and destinations,
/// outcomes and statuses: none of them grows with the leads. What nobody collects costs a comparison.
/// </summary>
internal static class LeadMetrics
{
    /// <summary>From a blink to the ten days of the longest schedule.</summary>
    private static readonly InstrumentAdvice<double> DeliveryTimes = new()
    {
        HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 10_800, 43_200, 86_400, 259_200, 864_000],
    };

    private static readonly InstrumentAdvice<double> Moments = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly Meter Meter = new(LeadTracing.Name);
    private static readonly ConcurrentDictionary<string, bool> OpenBreakers = new(StringComparer.Ordinal);

    private static readonly Counter<long> Received = Meter.CreateCounter<long>(
        "leadfunctions.leads.received", "{lead}", "Leads by source and by what became of them: accepted, repeated or refused.");

    private static readonly Counter<long> TurnedAway = Meter.CreateCounter<long>(
        "leadfunctions.posts.turned_away",
        "{post}",
        "Posts that were not taken, by status: a wrong key (401), too many (429), the store away (503).");

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "leadfunctions.delivery.attempts", "{attempt}", "Attempts by destination and outcome.");

    private static readonly Histogram<double> AttemptTime = Meter.CreateHistogram(
        "leadfunctions.delivery.attempt.duration", "s", "How long attempts took, by destination and outcome.", null, Moments);

    private static readonly Histogram<double> DeliveryTime = Meter.CreateHistogram(
        "leadfunctions.delivery.duration", "s", "From a lead's acceptance to its arrival at a destination.", null, DeliveryTimes);

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "leadfunctions.delivery.dead_letters", "{delivery}", "Deliveries that were given up on, by destination.");

    private static readonly Histogram<double> CommitTime = Meter.CreateHistogram(
        "leadfunctions.store.commit.duration",
        "s",
        "How long a durable write took, with its wait for others, by operation.",
        null,
        Moments);

    private static readonly Counter<long> Alerts = Meter.CreateCounter<long>(
        "leadfunctions.alerts.sent", "{alert}", "Alerts by kind and by way, and whether the way took them.");

    private static StoreReading? _latest;

    static LeadMetrics()
    {
        Meter.CreateObservableGauge(
            "leadfunctions.destination.breaker",
            Breakers,
            "{state}",
            "1 while nothing but a probe is sent to a destination that keeps failing, 0 otherwise.");
        Meter.CreateObservableGauge(
            "leadfunctions.delivery.oldest_due",
            () => Reading(reading => reading.OldestDue?.TotalSeconds),
            "s",
            "For how long the longest-waiting delivery could have been tried.");
        Meter.CreateObservableGauge(
            "leadfunctions.delivery.unfinished",
            Unfinished,
            "{delivery}",
            "Deliveries that have not arrived yet, by destination.");
        Meter.CreateObservableGauge(
            "leadfunctions.dead_letters",
            () => Reading(reading => (long?)reading.DeadLetters),
            "{delivery}",
            "Dead letters that nobody has dealt with yet.");
        Meter.CreateObservableGauge(
            "leadfunctions.store.writable",
            () => Reading(reading => reading.IsWritable ? 1 : (int?)0),
            "{state}",
            "1 while the store can be written, 0 otherwise.");
        Meter.CreateObservableGauge("leadfunctions.store.size", () => Reading(reading => reading.Size), "By", "The store's files.");
        Meter.CreateObservableGauge(
            "leadfunctions.store.free",
            () => Reading(reading => reading.Free),
            "By",
            "What is left on the store's disk.");
    }

    public static void Accepted(string source, bool isRepeat) => Count(source, isRepeat ? "repeated" : "accepted");

    public static void Refused(string source) => Count(source, "refused");

    public static void TurnAway(int status) => TurnedAway.Add(1, new KeyValuePair<string, object?>("http.response.status_code", status));

    public static void Attempted(LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state)
    {
        var destination = new KeyValuePair<string, object?>("destination", delivery.Destination);
        var outcome = new KeyValuePair<string, object?>("outcome", attempt.Outcome);
        Attempts.Add(1, destination, outcome);
        AttemptTime.Record(attempt.Duration.TotalSeconds, destination, outcome);
        if (state.Status == DeliveryStatus.Delivered)
        {
            DeliveryTime.Record(Math.Max(0, (attempt.StartedAt + attempt.Duration - delivery.Lead.ReceivedAt).TotalSeconds), destination);
        }
        else if (state.Status == DeliveryStatus.DeadLetter)
        {
            DeadLetters.Add(1, destination);
        }
    }

    /// <summary>A delivery was given up on without another attempt.</summary>
    public static void GivenUp(string destination) => DeadLetters.Add(1, new KeyValuePair<string, object?>("destination", destination));

    /// <summary>Begins a durable write: dispose it when the write has ended.</summary>
    public static StoreWrite Write(string operation) => new(operation);

    public static void Breaker(string destination, bool isOpen) => OpenBreakers[destination] = isOpen;

    public static void Alerted(string kind, string way, bool taken) =>
        Alerts.Add(
            1,
            new KeyValuePair<string, object?>("kind", kind),
            new KeyValuePair<string, object?>("way", way),
            new KeyValuePair<string, object?>("outcome", taken ? "taken" : "failed"));

    /// <summary>What the gauges show until the next reading, or until it is too old to be true.</summary>
    public static void Read(StoreReading reading) => Volatile.Write(ref _latest, reading);

    private static void Count(string source, string outcome) =>
        Received.Add(1, new KeyValuePair<string, object?>("source", source), new KeyValuePair<string, object?>("outcome", outcome));

    private static IEnumerable<Measurement<int>> Breakers() =>
        OpenBreakers.Select(breaker => new Measurement<int>(
            breaker.Value ? 1 : 0,
            new KeyValuePair<string, object?>("destination", breaker.Key)));

    private static IEnumerable<Measurement<int>> Unfinished() =>
        Fresh()?.Unfinished.Select(count => new Measurement<int>(count.Value, new KeyValuePair<string, object?>("destination", count.Key)))
        ?? [];

    private static IEnumerable<Measurement<T>> Reading<T>(Func<StoreReading, T?> value)
        where T : struct =>
        Fresh() is { } reading && value(reading) is { } measured ? [new Measurement<T>(measured)] : [];

    private static StoreReading? Fresh() =>
        Volatile.Read(ref _latest) is { } reading && Environment.TickCount64 - reading.Tick < StoreReading.TrueFor.TotalMilliseconds
            ? reading
            : null;

    /// <summary>A write of the store under way: a span, and its time when it ends.</summary>
    internal readonly struct StoreWrite(string operation) : IDisposable
    {
        private readonly Activity? _span = LeadTracing.Write(operation);
        private readonly long _began = CommitTime.Enabled ? Stopwatch.GetTimestamp() : 0;

        public void Dispose()
        {
            _span?.Dispose();
            if (_began != 0)
            {
                CommitTime.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, new KeyValuePair<string, object?>("operation", operation));
            }
        }
    }
}

/// <summary>What was found when somebody last looked at the store.</summary>
/// <param name="Tick">When, by <see cref="Environment.TickCount64"/>.</param>
/// <param name="OldestDue">For how long the longest-waiting delivery could have been tried; null when the store could not say.</param>
/// <param name="Size">In bytes; null where nobody can say.</param>
/// <param name="Free">Left on its disk, in bytes.</param>
internal sealed record StoreReading(
    long Tick,
    bool IsWritable,
    TimeSpan? OldestDue,
    int? DeadLetters,
    IReadOnlyDictionary<string, int> Unfinished,
    long? Size,
    long? Free)
{
    /// <summary>A minute's sweep may be late; several instances take turns.</summary>
    public static readonly TimeSpan TrueFor = TimeSpan.FromMinutes(3);
}
