using System.Diagnostics;
using LeadFunctions.Benchmarks.Programs;

namespace LeadFunctions.Benchmarks.Load;

/// <summary>The built-in load generator: keep-alive connections that post prepared bytes and read no more of an answer than its end.</summary>
internal sealed class SocketLoad(LoadPlan plan)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _posted;
    private int _failures;

    public static async Task<LoadResult> RunAsync(LoadPlan plan) => await new SocketLoad(plan).RunAsync();

    private async Task<LoadResult> RunAsync()
    {
        var each = await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => Task.Run(PostAsync)));
        return LoadResult.Of([.. each.SelectMany(latencies => latencies)], Stopwatch.GetElapsedTime(_started), _failures);
    }

    private async Task<List<TimeSpan>> PostAsync()
    {
        var latencies = new List<TimeSpan>();
        using var connection = new LeadConnection(LoopbackAddress.TryConnect(plan.Port) ?? throw new InvalidOperationException($"Nobody listens on port {plan.Port}."), plan.Headers);
        while (await MayPostAsync())
        {
            var sent = Stopwatch.GetTimestamp();
            var status = await connection.PostAsync();
            latencies.Add(Stopwatch.GetElapsedTime(sent));
            if (status != 202)
            {
                Interlocked.Increment(ref _failures);
                if (status is null)
                {
                    break;
                }
            }
        }

        return latencies;
    }

    private async Task<bool> MayPostAsync()
    {
        var number = Interlocked.Increment(ref _posted);
        if (plan.Rate is { } rate && TimeSpan.FromSeconds((double)number / rate) - Stopwatch.GetElapsedTime(_started) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait);
        }

        return plan.Count is { } count ? number <= count : Stopwatch.GetElapsedTime(_started) < plan.Time;
    }
}
