using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>
/// From the start of a process to its first 202, which for LeadFunctions means a new folder, a new store and a synced commit. Not pinned;
/// the programs' files are in the system's memory after the first start, which does not count.
/// </summary>
internal sealed class ColdBenchmark(ServerPrograms programs, int starts)
{
    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var (bare, leadFunctions) = (new List<double>(), new List<double>());
        for (var start = 0; start <= starts; start++)
        {
            var times = (Bare: await FirstAnswerAsync(() => programs.StartBare(cores: null)), LeadFunctions: await FirstAnswerAsync(StartLeadFunctions));
            if (start > 0)
            {
                bare.Add(times.Bare);
                leadFunctions.Add(times.LeadFunctions);
            }
        }

        Write("bare endpoint", bare);
        Write("LeadFunctions", leadFunctions);
        return [Target.Cold.Measured(Median.Of(leadFunctions) / Median.Of(bare))];
    }

    private MeasuredProcess StartLeadFunctions() =>
        programs.StartLeadFunctions(cores: null, LoopbackDestinations.Absent, programs.NewStore());

    private static async Task<double> FirstAnswerAsync(Func<MeasuredProcess> start)
    {
        var started = Stopwatch.GetTimestamp();
        using var server = start();
        using var connection = new LeadConnection(server.Connect());
        var status = await connection.PostAsync();
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return status == 202 ? time : throw new InvalidOperationException($"The first answer was {status}.");
    }

    private static void Write(string name, List<double> times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-16} start to first 202: median {Median.Of(times):0} ms, from {times.Min():0} to {times.Max():0} ms, {times.Count} starts"));
}
