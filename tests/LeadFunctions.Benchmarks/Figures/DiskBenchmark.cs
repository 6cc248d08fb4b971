using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>How much room a lead takes in the SQLite file once its two deliveries have arrived, the log of commits apart.</summary>
internal sealed class DiskBenchmark(ServerPrograms programs, int leads)
{
    private const int Connections = 20;

    private static readonly TimeSpan MostToArrive = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var store = programs.NewStore();
        await using (var remote = await RemoteSystems.StartAsync())
        {
            using var server = programs.StartLeadFunctions(cores: null, remote.Destinations, store);
            server.Connect().Dispose();
            await SocketLoad.RunAsync(new LoadPlan(server.Port, Connections, TimeSpan.MaxValue, leads));
            await remote.WaitForAsync(leads, MostToArrive);
            while (Ask(store, "SELECT count(*) FROM deliveries WHERE status <> 'delivered'") > 0)
            {
                await Task.Delay(50);
            }
        }

        var used = (Ask(store, "PRAGMA page_count") - Ask(store, "PRAGMA freelist_count")) * Ask(store, "PRAGMA page_size");
        var content = Ask(store, "SELECT sum(length(CAST(content AS BLOB))) FROM leads");
        var note = string.Create(CultureInfo.InvariantCulture, $"{leads:#,0} leads of {(double)content / leads:0} bytes each");
        return [Target.Disk.Measured((double)used / leads, note)];
    }

    private static long Ask(string store, string sql)
    {
        using var session = SqliteSession.Open(store, SqliteMode.Read);
        return session.Number(sql)!.Value;
    }
}
