using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Figures;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Benchmarks.History;

/// <summary>
/// The run history with few leads and with many, asked over HTTP by one caller. Not pinned. The processor time of the server stands beside it: it holds
/// even while other programs take the cores. The summary, which has no address of its own, is asked of the store when the server has stopped.
/// </summary>
internal sealed class HistoryBenchmark(ServerPrograms programs, int leads, int times, string? keptStore)
{
    private const int Few = 1000;
    private const int WarmUp = 3;

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var small = await MeasureAsync(programs.NewStore(), Few);
        var store = keptStore ?? programs.NewStore();
        var large = await MeasureAsync(store, leads);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {leads:#,0} runs, {times} times each | p50 | p99 | of it CPU | CPU with {Few:#,0} runs |\n|---|---|---|---|---|"));
        foreach (var (name, asked) in large)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median.Of(asked.Times):0.0} ms | {P99(asked.Times):0.0} ms | {asked.Cpu:0.0} ms | {small[name].Cpu:0.0} ms |"));
        }

        await new BulkBenchmark(programs).RunAsync(store);
        return [Target.History.Measured(large.Values.Max(asked => P99(asked.Times)), string.Create(CultureInfo.InvariantCulture, $"the most CPU that one needs: {large.Values.Max(asked => asked.Cpu):0} ms"))];
    }

    private async Task<Dictionary<string, Asked>> MeasureAsync(string store, int count)
    {
        if (!File.Exists(store))
        {
            await HistoryFilling.FillAsync(store, count);
        }

        var middle = Middle(store);
        var taken = new Dictionary<string, Asked>();
        using (var server = programs.StartLeadFunctions(cores: null, LoopbackDestinations.Absent, store))
        {
            server.Connect().Dispose();
            using var client = new HttpClient { BaseAddress = server.Url };
            client.DefaultRequestHeaders.Add("x-functions-key", ServerPrograms.RunsKey);
            foreach (var (name, path) in HistoryQueries.All(middle))
            {
                taken.Add(name, await TimesAsync(server.Id, () => AskAsync(client, path)));
            }
        }

        using var opened = SqliteLeadStore.Open(store, new DueSignal(), TimeProvider.System);
        var tomorrow = new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero).AddDays(1);
        taken.Add("the summary, with 30 days", await TimesAsync(Environment.ProcessId, () => opened.SummariseAsync(tomorrow.AddDays(-30), tomorrow)));
        return taken;
    }

    private async Task<Asked> TimesAsync(int process, Func<Task> ask)
    {
        for (var time = 0; time < WarmUp; time++)
        {
            await ask();
        }

        var before = Cpu(process);
        var taken = new List<double>();
        for (var time = 0; time < times; time++)
        {
            var started = Stopwatch.GetTimestamp();
            await ask();
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return new Asked(taken, (Cpu(process) - before) / times);
    }

    /// <summary>Milliseconds since the process began; NaN where the system doesn't tell.</summary>
    private static double Cpu(int process) => OperatingSystem.IsLinux() ? ProcessUse.Of(process).Cpu.TotalMilliseconds : double.NaN;

    private static async Task AskAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    private static (DateTimeOffset At, string Id) Middle(string store)
    {
        using var session = SqliteSession.Open(store, SqliteMode.Read);
        using var row = session.Query("SELECT received_at, id FROM leads WHERE key = (SELECT max(key) / 2 FROM leads)");
        return row.Read() ? (DateTimeOffset.FromUnixTimeMilliseconds(row.Number(0)), row.Text(1)) : throw new InvalidOperationException("The store is empty.");
    }

    private static double P99(IEnumerable<double> taken) => taken.Order().ToArray() is var sorted ? sorted[(int)Math.Ceiling(sorted.Length * 0.99) - 1] : 0;

    /// <param name="Times">Milliseconds of each time.</param>
    /// <param name="Cpu">Milliseconds of the server's processor time for each.</param>
    private sealed record Asked(IReadOnlyList<double> Times, double Cpu);
}
