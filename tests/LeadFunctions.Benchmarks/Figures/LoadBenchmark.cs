using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>
/// Durable accepts against the bare endpoint's answers. Each round starts each server anew, warms it up and measures it, one after the
/// other, so that what else happens on the machine meets all of them.
/// </summary>
internal sealed class LoadBenchmark(ServerPrograms programs, Scratch scratch, int rounds, int seconds)
{
    private const int Connections = 50;

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
            bare.Add(await BareAsync());
            empty.Add(await LeadFunctionsAsync(programs.NewStore()));
            if (filled is not null)
            {
                // The same file each time: copying it would leave the system busy writing during the round.
                full.Add(await LeadFunctionsAsync(filled));
            }
        }

        empty.Compare(bare, "bare endpoint");
        List<Figure> figures = [Target.AcceptRatio.Measured(empty.RequestsPerSecond / bare.RequestsPerSecond), Target.AcceptP99.Measured(empty.P99)];
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

    private async Task<LoadResult> BareAsync()
    {
        using var server = programs.StartBare(Pinning.ServerCore);
        return (await LoadAsync(server)).Measured;
    }

    private async Task<LoadResult> LeadFunctionsAsync(string store)
    {
        using var server = programs.StartLeadFunctions(Pinning.ServerCore, LoopbackDestinations.Absent, store);
        server.Connect().Dispose();
        var before = Stored(store);
        var (posted, measured) = await LoadAsync(server);
        // Every answer must stand for a lead of its own that is in the store.
        return Stored(store) - before is var stored && stored >= posted
            ? measured
            : throw new InvalidOperationException($"{posted} posts were answered, but only {stored} leads are in the store.");
    }

    private async Task<(long Posted, LoadResult Measured)> LoadAsync(MeasuredProcess server)
    {
        server.Connect().Dispose();
        var warm = await LoadGenerator.RunAsync(new LoadPlan(server.Port, Connections, WarmUp), scratch);
        var measured = await LoadGenerator.RunAsync(new LoadPlan(server.Port, Connections, TimeSpan.FromSeconds(seconds)), scratch);
        return (warm.Requests + measured.Requests, measured);
    }

    private static long Stored(string store)
    {
        using var session = SqliteSession.Open(store, SqliteOpenMode.ReadOnly);
        return session.Number("SELECT count(*) FROM leads");
    }

    private static string Count(int leads) => leads.ToString("#,0", CultureInfo.InvariantCulture);
}
