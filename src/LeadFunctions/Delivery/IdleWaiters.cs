namespace LeadFunctions.Delivery;

/// <summary>Those who wait until a worker has nothing to do. Only those who were waiting before the worker looked are told.</summary>
internal sealed class IdleWaiters
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _waiting = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    public Task AddAsync()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(waiter);
        }

        return waiter.Task;
    }

    /// <summary>Tells the first <paramref name="count"/>, in the order in which they came.</summary>
    public void Release(int count)
    {
        lock (_lock)
        {
            foreach (var waiter in _waiting.Take(count))
            {
                waiter.TrySetResult();
            }

            _waiting.RemoveRange(0, count);
        }
    }
}
