using System.Diagnostics;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>Waits for what another process or thread is about to do.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(250);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null) => TrueAsync(() => Task.FromResult(condition()), what, patience);

    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null) => TrueAsync(condition, () => what, patience);

    /// <param name="what">Asked for when it was in vain.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? patience = null)
    {
        var most = patience ?? Patience;
        var begin = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            var waited = Stopwatch.GetElapsedTime(begin);
            if (waited >= most)
            {
                Assert.Fail($"Waited {most.TotalSeconds:0} s in vain until {what()}.");
            }

            // What takes long is looked at less often: looking has its price too, and what is waited for needs the processors.
            var pause = waited / 8;
            await Task.Delay(pause < Often ? Often : pause > Seldom ? Seldom : pause, TestContext.Current.CancellationToken);
        }
    }
}
