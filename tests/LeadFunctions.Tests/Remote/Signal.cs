namespace LeadFunctions.Tests.Remote;

/// <summary>Tells waiters that something changed, so that a test waits for an event and not for a length of time.</summary>
internal sealed class Signal
{
    private volatile TaskCompletionSource _next = New();

    public void Raise() => Interlocked.Exchange(ref _next, New()).SetResult();

    /// <summary>Returns when the condition holds. It is looked at now and after every <see cref="Raise"/>.</summary>
    /// <exception cref="TimeoutException">It didn't hold in time; the message is what <paramref name="describe"/> says.</exception>
    public async Task WaitAsync(Func<bool> condition, TimeSpan timeout, Func<string> describe)
    {
        using var late = new CancellationTokenSource(timeout);
        while (true)
        {
            // Taken before the look, or a change between look and wait would be missed.
            var next = _next.Task;
            if (condition())
            {
                return;
            }

            try
            {
                await next.WaitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(describe());
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
