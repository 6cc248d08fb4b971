using System.Collections.Concurrent;

namespace LeadFunctions.Store;

/// <summary>Tells a destination's loop that something became due, so that nobody has to poll.</summary>
internal sealed class DueSignal
{
    private readonly ConcurrentDictionary<string, Signal> _signals = new(StringComparer.Ordinal);

    public void Raise(string destination) => Of(destination).Raise();

    /// <summary>As <see cref="Raise"/>, for everybody who ever waited.</summary>
    public void RaiseAll()
    {
        foreach (var signal in _signals.Values)
        {
            signal.Raise();
        }
    }

    /// <summary>
    /// Ends at the next <see cref="Raise"/>, at once when there was one since the last wait, or with <paramref name="end"/>, which is no
    /// error: loops wait until a time as often as for a signal.
    /// </summary>
    public Task WaitAsync(string destination, CancellationToken end) => Of(destination).WaitAsync(end);

    private Signal Of(string destination) => _signals.GetOrAdd(destination, static _ => new Signal());

    // Not a semaphore: that passes through the thread pool on its way to who waits, and a simulation could not tell when everything has
    // come to rest.
    private sealed class Signal
    {
        private readonly Lock _lock = new();
        private readonly List<TaskCompletionSource> _waiting = [];
        private bool _isRaised;

        public void Raise()
        {
            lock (_lock)
            {
                if (_waiting is [var first, ..])
                {
                    _waiting.RemoveAt(0);
                    first.SetResult();
                }
                else
                {
                    _isRaised = true;
                }
            }
        }

        public async Task WaitAsync(CancellationToken end)
        {
            TaskCompletionSource mine;
            lock (_lock)
            {
                if (end.IsCancellationRequested)
                {
                    return;
                }

                if (_isRaised)
                {
                    _isRaised = false;
                    return;
                }

                // Who waits goes on elsewhere, not within the lock.
                _waiting.Add(mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            using var ending = end.UnsafeRegister(_ => Leave(mine), null);
            await mine.Task;
        }

        private void Leave(TaskCompletionSource waiting)
        {
            lock (_lock)
            {
                if (_waiting.Remove(waiting))
                {
                    waiting.SetResult();
                }
            }
        }
    }
}
