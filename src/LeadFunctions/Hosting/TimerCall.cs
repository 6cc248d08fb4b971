namespace LeadFunctions.Hosting;

/// <summary>Work of a timer's call, which is over after a while. Being stopped is no failure of the call: the next one goes on.</summary>
internal sealed class TimerCall : IDisposable
{
    /// <summary>The timer comes each minute and never twice at once.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(55);

    private readonly CancellationTokenSource _most;
    private readonly CancellationTokenSource _end;

    private TimerCall(TimeSpan most, TimeProvider time, CancellationToken[] stops)
    {
        _most = new CancellationTokenSource(most, time);
        _end = CancellationTokenSource.CreateLinkedTokenSource([_most.Token, .. stops]);
    }

    public CancellationToken Token => _end.Token;

    public static TimerCall Begin(TimeSpan most, TimeProvider time, params CancellationToken[] stops) => new(most, time, stops);

    public async Task UntilStoppedAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(Token);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            // The next call goes on.
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _most.Dispose();
    }
}
