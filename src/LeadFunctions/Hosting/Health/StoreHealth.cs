using LeadFunctions.Destinations;
using LeadFunctions.Store;

namespace LeadFunctions.Hosting.Health;

/// <summary>Asks the store whether it can take leads. Callers within a moment share an answer: the endpoint is open to all.</summary>
internal sealed class StoreHealth(IRunHistoryStore store, IReadOnlyList<ConfiguredDestination> destinations, TimeProvider time)
{
    private readonly TimeSpan _sharedFor = store.ChecksAreSharedFor;

    private readonly Lock _lock = new();
    private Task<HealthReport>? _latest;
    private DateTimeOffset _askedAt;

    public Task<HealthReport> ReportAsync()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_latest is null || now - _askedAt >= _sharedFor)
            {
                (_latest, _askedAt) = (AskAsync(now), now);
            }

            return _latest;
        }
    }

    private async Task<HealthReport> AskAsync(DateTimeOffset now)
    {
        try
        {
            var state = await store.CheckAsync(now);
            var missing = state
                .Unfinished.Keys.Except(destinations.Select(destination => destination.Name), StringComparer.Ordinal)
                .ToArray();
            return new HealthReport(
                "ready",
                new StoreReport(Writable: true),
                state.OldestDue is { } due ? (long)(now - due).TotalSeconds : 0,
                state.DeadLetters,
                state.Unfinished,
                missing.Length > 0 ? missing : null);
        }
        catch (StoreUnavailableException)
        {
            return new HealthReport("store unavailable", new StoreReport(Writable: false));
        }
    }
}
