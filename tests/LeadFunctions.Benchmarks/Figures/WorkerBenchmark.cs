using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.FunctionsHost;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>
/// LeadFunctions as the Functions host's worker, against the least worker of the same packages, both behind the host that the tests play in this process: from the start
/// of the worker to the first accepted lead, and posts with a few connections. Nothing is pinned: host, load and worker share the cores.
/// </summary>
internal sealed class WorkerBenchmark(ServerPrograms programs, Scratch scratch, int starts, int rounds, int seconds)
{
    private const int Connections = 16;
    private const string Key = $"x-functions-key: {PlayedHost.FunctionKey}\r\n";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var minimal = await ServerPrograms.PublishMinimalWorkerAsync(scratch);
        Console.WriteLine($"{starts} starts of each; {Connections} connections, {rounds} rounds of {seconds} s. LeadFunctions writes each lead and two deliveries to the disk; nothing listens at its destinations.");
        var (first, least) = (new List<double>(), new List<double>());
        for (var start = 0; start <= starts; start++)
        {
            var times = (Least: await FirstAnswerAsync(minimal, []), Own: await FirstAnswerAsync(programs.Folder, Settings()));
            // The first start of each reads its files from the disk.
            if (start > 0)
            {
                least.Add(times.Least);
                first.Add(times.Own);
            }
        }

        Write("minimal worker", least);
        Write("LeadFunctions", first);
        var (bare, own) = (new LoadRounds("minimal worker"), new LoadRounds("LeadFunctions as a worker"));
        for (var round = 1; round <= rounds; round++)
        {
            Console.WriteLine($"Round {round}");
            await LoadAsync(minimal, [], bare);
            await LoadAsync(programs.Folder, Settings(), own);
        }

        own.Compare(bare, "minimal worker");
        return [Target.WorkerCold.Measured(Median.Of(first) / Median.Of(least)), Target.WorkerPosts.Measured(own.RequestsPerSecond / bare.RequestsPerSecond)];
    }

    private (string, string)[] Settings() =>
        [.. LoopbackDestinations.Absent.Settings().Select(setting => (setting.Key, setting.Value)), ("Store__Path", programs.NewStore())];

    private static async Task<double> FirstAnswerAsync(string app, (string, string)[] settings)
    {
        await using var host = await PlayedHost.StartAsync(app, settings);
        // The host itself has started, and has served a worker, which counts for neither of them.
        await host.KillWorkerAsync();
        var started = Stopwatch.GetTimestamp();
        await host.RestartWorkerAsync();
        using var connection = Connect(host);
        var status = await connection.PostAsync();
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return status == 202 ? time : throw new InvalidOperationException($"The first answer was {status}. The worker printed:\n{host.Output}");
    }

    private async Task LoadAsync(string app, (string, string)[] settings, LoadRounds results)
    {
        await using var host = await PlayedHost.StartAsync(app, settings);
        await SocketLoad.RunAsync(new LoadPlan(host.Url.Port, Connections, WarmUp, Headers: Key));
        var before = Cpu(host);
        var measured = await SocketLoad.RunAsync(new LoadPlan(host.Url.Port, Connections, TimeSpan.FromSeconds(seconds), Headers: Key));
        if (measured.Failures > 0)
        {
            throw new InvalidOperationException($"{measured.Failures} of {measured.Requests} posts were not answered with 202. The worker printed:\n{host.Output}");
        }

        results.Add(measured, Cpu(host) - before);
    }

    private static LeadConnection Connect(PlayedHost host) =>
        new(LoopbackAddress.TryConnect(host.Url.Port) ?? throw new InvalidOperationException("The played host doesn't listen."), Key);

    private static TimeSpan? Cpu(PlayedHost host) => OperatingSystem.IsLinux() ? ProcessUse.Of(host.WorkerId).Cpu : null;

    private static void Write(string name, List<double> times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-16} start of the worker to first 202: median {Median.Of(times):0} ms, from {times.Min():0} to {times.Max():0} ms, {times.Count} starts"));
}
