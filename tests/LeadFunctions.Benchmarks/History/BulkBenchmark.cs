using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Figures;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Benchmarks.History;

/// <summary>All dead letters of a large store are resubmitted while leads come: what that does to those who post, to lists and to claims. On a copy of the store.</summary>
internal sealed class BulkBenchmark(ServerPrograms programs)
{
    private const int Connections = 20;
    private const int Rate = 200;
    private const int Claims = 50;
    private const int MostInOneClaim = 64;

    private static readonly TimeSpan Undisturbed = TimeSpan.FromSeconds(5);

    public async Task RunAsync(string store)
    {
        var copy = programs.NewStore();
        File.Copy(store, copy);
        await ClaimAsync("before", copy);
        using (var server = programs.StartLeadFunctions(cores: null, LoopbackDestinations.Absent, copy))
        {
            server.Connect().Dispose();
            await PostAsync(server, Undisturbed);
            var before = await PostAsync(server, Undisturbed);
            using var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromMinutes(10) };
            client.DefaultRequestHeaders.Add("x-functions-key", ServerPrograms.RunsKey);
            var started = Stopwatch.GetTimestamp();
            var resubmit = client.PostAsync(new Uri("/api/runs/resubmit", UriKind.Relative), null);
            var during = await PostAsync(server, Undisturbed);
            using var answer = await resubmit;
            var count = await answer.Content.ReadAsStringAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  Resubmit of all dead letters: {count} in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; accepts at {Rate}/s, p99 before {before.P99Milliseconds:0.0} ms, during {during.P99Milliseconds:0.0} ms"));
            for (var time = 0; time < 3; time++)
            {
                started = Stopwatch.GetTimestamp();
                (await client.GetAsync(new Uri("/api/runs?take=50&status=in_progress", UriKind.Relative))).Dispose();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  status=in_progress, with all of them waiting: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms"));
            }
        }

        await ClaimAsync("with all of them waiting", copy);
    }

    private static async Task ClaimAsync(string when, string path)
    {
        using var store = SqliteLeadStore.Open(path, new DueSignal(), TimeProvider.System);
        var (taken, claimed) = (new List<double>(), 0);
        for (var claim = 0; claim < Claims; claim++)
        {
            var (started, now) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
            claimed += (await store.ClaimAsync("crm", MostInOneClaim, [], now, now.AddMinutes(2))).Deliveries.Count;
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  A claim of up to {MostInOneClaim} {when}: p50 {Median.Of(taken):0.0} ms; {Claims} claims took {claimed}"));
    }

    private static Task<LoadResult> PostAsync(MeasuredProcess server, TimeSpan time) =>
        SocketLoad.RunAsync(new LoadPlan(server.Port, Connections, TimeSpan.MaxValue, (int)(Rate * time.TotalSeconds), Rate));
}
