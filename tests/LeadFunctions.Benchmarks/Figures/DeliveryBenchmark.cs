using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>From the first post to the last arrival at both destinations, and what slow destinations do to those who post.</summary>
internal sealed class DeliveryBenchmark(ServerPrograms programs, int leads, int rounds)
{
    private const int Connections = 50;
    private const int WarmUpLeads = 1000;

    /// <summary>Well below what can be delivered, so that the two figures differ by the destinations' answers and not by how busy the cores are.</summary>
    private const int Rate = 200;

    private const int SecondsAtRate = 15;

    /// <summary>A p99 is decided by a few posts: rounds in pairs, each pair in the other order than the last, and the median of their ratios.</summary>
    private const int Pairs = 9;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostToArrive = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        Console.WriteLine($"{leads} leads over {Connections} connections, after {WarmUpLeads} to warm up; program, destinations and load share the machine, the program has two cores.");
        var rates = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            rates.Add(await EndToEndAsync());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Round {round}: end to end {rates[^1]:0} leads/s"));
        }

        return [Target.EndToEnd.Measured(Median.Of(rates)), await SlowAgainstFastAsync()];
    }

    private async Task<Figure> SlowAgainstFastAsync()
    {
        var ratios = new List<double>();
        for (var pair = 1; pair <= Pairs; pair++)
        {
            var first = pair % 2 == 1 ? TimeSpan.Zero : Slow;
            var (one, other) = (await AcceptP99Async(first), await AcceptP99Async(Slow - first));
            var (fast, slow) = first == Slow ? (other, one) : (one, other);
            ratios.Add(slow / fast);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  Pair {pair}: p99 of accepts at {Rate}/s with fast destinations {fast:0.00} ms, with slow ones {slow:0.00} ms: {ratios[^1]:0.00}"));
        }

        return Target.SlowDestinations.Measured(
            Median.Of(ratios),
            string.Create(CultureInfo.InvariantCulture, $"median of {Pairs} pairs, from {ratios.Min():0.00} to {ratios.Max():0.00}"));
    }

    private async Task<double> EndToEndAsync()
    {
        await using var remote = await RemoteSystems.StartAsync();
        using var server = Start(remote);
        await PostAsync(server, WarmUpLeads);
        await remote.WaitForAsync(WarmUpLeads, MostToArrive);
        var started = Stopwatch.GetTimestamp();
        await PostAsync(server, leads);
        await remote.WaitForAsync(WarmUpLeads + leads, MostToArrive);
        return leads / Stopwatch.GetElapsedTime(started, remote.LastArrival).TotalSeconds;
    }

    private async Task<double> AcceptP99Async(TimeSpan wait)
    {
        await using var remote = await RemoteSystems.StartAsync(wait);
        using var server = Start(remote);
        await PostAsync(server, WarmUpLeads);
        return (await PostAsync(server, Rate * SecondsAtRate, Rate)).P99Milliseconds;
    }

    private MeasuredProcess Start(RemoteSystems remote)
    {
        var server = programs.StartLeadFunctions(Pinning.TwoCores, remote.Destinations, programs.NewStore());
        server.Connect().Dispose();
        return server;
    }

    private static async Task<LoadResult> PostAsync(MeasuredProcess server, int count, int? rate = null)
    {
        var result = await SocketLoad.RunAsync(new LoadPlan(server.Port, Connections, TimeSpan.MaxValue, count, rate));
        return result.Failures == 0 ? result : throw new InvalidOperationException($"{result.Failures} of {count} posts were not answered with 202.");
    }
}
