using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>A destination that has not answered as it should since a time.</summary>
/// <param name="Error">The last one, without the people that it may have quoted.</param>
/// <param name="NextTry">When the delivery that failed last is tried again, or the destination is probed; null: not by itself.</param>
internal sealed record DestinationTrouble(DateTimeOffset Since, DateTimeOffset At, string Error, DateTimeOffset? NextTry);

/// <summary>
/// Which destinations are failing, kept in the store, so that the page and the alerts of every instance know it after a restart too.
/// Written while a destination fails, no more than every few seconds; one that works costs a look at the store each minute: what another
/// instance has noted is over, too.
/// </summary>
internal sealed class DestinationTroubles(IKeyValueStore notes, TimeProvider time)
{
    private const string Scope = "troubles";

    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    // By destination; absent: unknown.
    private readonly ConcurrentDictionary<string, Noted> _noted = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes note of what came of an attempt. A store that is away is no reason to fail: the next attempt tells it again.
    /// </summary>
    public async Task NoteAsync(LeadDelivery delivery, DeliveryOutcome outcome, DateTimeOffset? nextTry)
    {
        try
        {
            await (outcome is DeliveryOutcome.Retry retry
                ? FailedAsync(delivery, retry.Error, nextTry)
                : AnsweredAsync(delivery.Destination));
        }
        catch (StoreUnavailableException)
        {
            _noted.TryRemove(delivery.Destination, out _);
        }
    }

    public async Task<IReadOnlyDictionary<string, DestinationTrouble>> FindAsync() =>
        (await notes.FindValuesAsync(Scope)).ToDictionary(
            note => note.Key,
            note => JsonSerializer.Deserialize(note.Value, TroubleJson.Default.DestinationTrouble)!,
            StringComparer.Ordinal);

    private async Task FailedAsync(LeadDelivery delivery, string error, DateTimeOffset? nextTry)
    {
        var (destination, now) = (delivery.Destination, time.GetUtcNow());
        if (_noted.TryGetValue(destination, out var last) && last.IsTrouble && last.IsSince(now, BetweenNotes))
        {
            return;
        }

        _noted[destination] = new Noted(IsTrouble: true, now);
        var since = (await FindAsync()).GetValueOrDefault(destination)?.Since ?? now;
        var trouble = new DestinationTrouble(since, now, RedactedReason.WithoutPeople(error, delivery.Lead.Content), nextTry);
        await notes.SetValueAsync(Scope, destination, JsonSerializer.Serialize(trouble, TroubleJson.Default.DestinationTrouble));
        if (_noted.TryGetValue(destination, out var meanwhile) && !meanwhile.IsTrouble)
        {
            // It has answered while this was written.
            await notes.SetValueAsync(Scope, destination, null);
        }
    }

    private async Task AnsweredAsync(string destination)
    {
        var now = time.GetUtcNow();
        var isKnown = _noted.TryGetValue(destination, out var last);
        if (isKnown && !last.IsTrouble && last.IsSince(now, BetweenLooks))
        {
            return;
        }

        // Before the look: a failure meanwhile is noted again.
        _noted[destination] = new Noted(IsTrouble: false, now);
        if ((isKnown && last.IsTrouble) || (await notes.FindValuesAsync(Scope)).Any(note => note.Key == destination))
        {
            await notes.SetValueAsync(Scope, destination, null);
        }
    }

    /// <summary>What the store was told or seen to hold, and when.</summary>
    private readonly record struct Noted(bool IsTrouble, DateTimeOffset At)
    {
        /// <summary>Within a time; a clock that was set back makes it unknown.</summary>
        public bool IsSince(DateTimeOffset now, TimeSpan within) => now >= At && now - At < within;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DestinationTrouble))]
internal sealed partial class TroubleJson : JsonSerializerContext;
