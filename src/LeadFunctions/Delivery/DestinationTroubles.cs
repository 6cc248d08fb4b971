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
/// Written while a destination fails, no more than every few seconds; one that works costs a look at the store for each start of the
/// program.
/// </summary>
internal sealed class DestinationTroubles(IKeyValueStore notes, TimeProvider time)
{
    private const string Scope = "troubles";

    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(10);

    // By destination: when a trouble was noted last; absent: unknown, or none is noted.
    private readonly ConcurrentDictionary<string, DateTimeOffset?> _noted = new(StringComparer.Ordinal);

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
        if (_noted.TryGetValue(destination, out var last) && last is { } at && now - at < BetweenNotes && now >= at)
        {
            return;
        }

        _noted[destination] = now;
        var since = (await FindAsync()).GetValueOrDefault(destination)?.Since ?? now;
        var trouble = new DestinationTrouble(since, now, RedactedReason.WithoutPeople(error, delivery.Lead.Content), nextTry);
        await notes.SetValueAsync(Scope, destination, JsonSerializer.Serialize(trouble, TroubleJson.Default.DestinationTrouble));
    }

    private async Task AnsweredAsync(string destination)
    {
        if (_noted.TryGetValue(destination, out var last) && last is null)
        {
            return;
        }

        // Before the look: a failure meanwhile is noted again.
        _noted[destination] = null;
        if (last is not null || (await notes.FindValuesAsync(Scope)).Any(note => note.Key == destination))
        {
            await notes.SetValueAsync(Scope, destination, null);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DestinationTrouble))]
internal sealed partial class TroubleJson : JsonSerializerContext;
