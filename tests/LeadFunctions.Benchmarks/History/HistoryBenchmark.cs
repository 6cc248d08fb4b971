using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Figures;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Benchmarks.History;

/// <summary>
/// The run history with few leads and with many, asked over HTTP by one caller. Not pinned. The summary, which has no address of its own, is asked of the
/// store when the server has stopped.
/// </summary>
internal sealed class HistoryBenchmark(ServerPrograms programs, int leads, int times, string? keptStore)
{
    private const int Few = 1000;
    private const int WarmUp = 3;

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var small = await MeasureAsync(programs.NewStore(), Few);
        var large = await MeasureAsync(keptStore ?? programs.NewStore(), leads);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {leads:#,0} runs, {times} times each | p50 | p99 | p50 ÷ with {Few:#,0} |\n|---|---|---|---|"));
        foreach (var (name, taken) in large)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median.Of(taken):0.0} ms | {P99(taken):0.0} ms | {Median.Of(taken) / Median.Of(small[name]):0.0} |"));
        }

        return [Target.History.Measured(large.Values.Max(P99))];
    }

    private async Task<Dictionary<string, List<double>>> MeasureAsync(string store, int count)
    {
        if (!File.Exists(store))
        {
            await HistoryFilling.FillAsync(store, count);
        }

        var middle = Middle(store);
        var taken = new Dictionary<string, List<double>>();
        using (var server = programs.StartLeadFunctions(cores: null, LoopbackDestinations.Absent, store))
        {
            server.Connect().Dispose();
            using var client = new HttpClient { BaseAddress = server.Url };
            foreach (var (name, path) in HistoryQueries.All(middle))
            {
                taken.Add(name, await TimesAsync(() => AskAsync(client, path)));
            }
        }

        using var opened = SqliteLeadStore.Open(store, new DueSignal(), TimeProvider.System);
        var tomorrow = new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero).AddDays(1);
        taken.Add("the summary, with 30 days", await TimesAsync(() => opened.SummariseAsync(tomorrow.AddDays(-30), tomorrow)));
        return taken;
    }

    private async Task<List<double>> TimesAsync(Func<Task> ask)
    {
        var taken = new List<double>();
        for (var time = 0; time < WarmUp + times; time++)
        {
            var started = Stopwatch.GetTimestamp();
            await ask();
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return taken[WarmUp..];
    }

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
}
