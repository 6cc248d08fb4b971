using System.Collections.Concurrent;

namespace LeadFunctions.Store;

/// <summary>Tells a destination's worker that something became due, so that nobody has to poll.</summary>
internal sealed class DueSignal
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _signals = new(StringComparer.Ordinal);

    public void Raise(string destination)
    {
        var signal = Of(destination);
        if (signal.CurrentCount == 0)
        {
            signal.Release();
        }
    }

    /// <summary>As <see cref="Raise"/>, for everybody who ever waited.</summary>
    public void RaiseAll()
    {
        foreach (var destination in _signals.Keys)
        {
            Raise(destination);
        }
    }

    /// <summary>Ends at the next <see cref="Raise"/>, or at once when there was one since the last wait.</summary>
    public Task WaitAsync(string destination, CancellationToken stop) => Of(destination).WaitAsync(stop);

    private SemaphoreSlim Of(string destination) => _signals.GetOrAdd(destination, static _ => new SemaphoreSlim(0));
}
