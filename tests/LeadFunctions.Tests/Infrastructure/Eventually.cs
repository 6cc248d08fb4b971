namespace LeadFunctions.Tests.Infrastructure;

/// <summary>Waits for what another process or thread is about to do.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null) => TrueAsync(() => Task.FromResult(condition()), what, patience);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var most = patience ?? Patience;
        var deadline = DateTime.UtcNow + most;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"Waited {most.TotalSeconds:0} s in vain until {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
