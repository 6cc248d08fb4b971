using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>
/// Durable accepts against the bare endpoint's answers. Each round starts each server anew, warms it up and measures it, one after the
/// other, so that what else happens on the machine meets all of them.
/// </summary>
internal sealed class LoadBenchmark(ServerPrograms programs, Scratch scratch, int rounds, int seconds)
{
    private const int Connections = 50;
    private const double MostSpread = 0.1;

    // The runtime compiles the hot path again while it runs, on the one core that it shares with the work: that takes seconds.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    public async Task<IReadOnlyList<Figure>> RunAsync(int leads)
    {
        Console.WriteLine($"{Pinning.Description} {LoadGenerator.Description} {Connections} connections, {rounds} rounds of {seconds} s.");
        Console.WriteLine("Destinations: Dataverse and SendGrid at a loopback address where nothing listens; each accept writes the lead and two deliveries.");
        var filled = leads > 0 ? await FillAsync(leads) : null;
        var (bare, empty, full) = (new LoadRounds("bare endpoint"), new LoadRounds("LeadFunctions, empty store"), new LoadRounds($"LeadFunctions, {Count(leads)} leads"));
        for (var round = 1; round <= rounds; round++)
        {
            Console.WriteLine($"Round {round}");
            await BareAsync(bare);
            await LeadFunctionsAsync(programs.NewStore(), empty);
            if (filled is not null)
            {
                // The same file each time: copying it would leave the system busy writing during the round.
                await LeadFunctionsAsync(filled, full);
            }
        }

        empty.Compare(bare, "bare endpoint");
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"the same for each second of CPU: {bare.Cpu / empty.Cpu:0.00}; the bare endpoint's rounds differed by {bare.Spread:P0}{(bare.Spread > MostSpread ? ", so other programs had the cores too and this figure means little" : "")}");
        List<Figure> figures = [Target.AcceptRatio.Measured(empty.RequestsPerSecond / bare.RequestsPerSecond, note), Target.AcceptP99.Measured(empty.P99)];
        if (filled is not null)
        {
            full.Compare(bare, "bare endpoint");
            full.Compare(empty, "empty store");
            figures.Add(Target.FilledRatio.Measured(full.RequestsPerSecond / empty.RequestsPerSecond));
        }

        return figures;
    }

    private async Task<string> FillAsync(int leads)
    {
        var store = programs.NewStore();
        await StoreFilling.FillAsync(store, leads);
        return store;
    }

    private async Task BareAsync(LoadRounds results)
    {
        using var server = programs.StartBare(Pinning.ServerCore);
        await LoadAsync(server, results);
    }

    private async Task LeadFunctionsAsync(string store, LoadRounds results)
    {
        using var server = programs.StartLeadFunctions(Pinning.ServerCore, LoopbackDestinations.Absent, store);
        server.Connect().Dispose();
        var before = Stored(store);
        var posted = await LoadAsync(server, results);
        // Every answer must stand for a lead of its own that is in the store.
        if (Stored(store) - before is var stored && stored < posted)
        {
            throw new InvalidOperationException($"{posted} posts were answered, but only {stored} leads are in the store.");
        }
    }

    private async Task<long> LoadAsync(MeasuredProcess server, LoadRounds results)
    {
        server.Connect().Dispose();
        var warm = await LoadGenerator.RunAsync(new LoadPlan(server.Port, Connections, WarmUp), scratch);
        var before = Cpu(server);
        var measured = await LoadGenerator.RunAsync(new LoadPlan(server.Port, Connections, TimeSpan.FromSeconds(seconds)), scratch);
        results.Add(measured, Cpu(server) - before);
        return warm.Requests + measured.Requests;
    }

    private static TimeSpan? Cpu(MeasuredProcess server) => OperatingSystem.IsLinux() ? ProcessUse.Of(server.Id).Cpu : null;

    private static long Stored(string store)
    {
        using var session = SqliteSession.Open(store, SqliteMode.Read);
        return session.Number("SELECT count(*) FROM leads") ?? 0;
    }

    private static string Count(int leads) => leads.ToString("#,0", CultureInfo.InvariantCulture);
}
