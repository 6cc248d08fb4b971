namespace LeadFunctions.Tests.Remote;

/// <summary>Holds arriving requests until released. Disposing releases too, so a failed test doesn't leave its client waiting.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => _open.Task.IsCompleted;

    public void Release() => _open.TrySetResult();

    public void Dispose() => Release();

    public Task PassAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);
}
