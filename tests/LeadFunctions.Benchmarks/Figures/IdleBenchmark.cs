using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>What a server holds and does while nothing comes, after some leads were taken and delivered.</summary>
internal sealed class IdleBenchmark(ServerPrograms programs)
{
    private const int Leads = 100;

    private static readonly TimeSpan ToSettle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.WriteLine("Idle use is read from /proc, which is not here.");
            return [];
        }

        long bareResident;
        using (var bare = programs.StartBare(cores: null))
        {
            await PostAsync(bare);
            bareResident = await WatchAsync("bare endpoint", bare);
        }

        await using var remote = await RemoteSystems.StartAsync();
        using var server = programs.StartLeadFunctions(cores: null, remote.Destinations, programs.NewStore());
        await PostAsync(server);
        await remote.WaitForAsync(Leads, TimeSpan.FromMinutes(1));
        // As what watches it asks all the time: with it comes the table of routes, which the bare endpoint has too.
        using var probe = new HttpClient();
        using var ready = await probe.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/api/health/ready"));
        return [Target.IdleMemory.Measured((double)await WatchAsync("LeadFunctions", server) / bareResident)];
    }

    private static async Task PostAsync(MeasuredProcess server)
    {
        server.Connect().Dispose();
        await SocketLoad.RunAsync(new LoadPlan(server.Port, 1, TimeSpan.MaxValue, Leads));
    }

    private static async Task<long> WatchAsync(string name, MeasuredProcess server)
    {
        await Task.Delay(ToSettle);
        var before = ProcessUse.Of(server.Id);
        await Task.Delay(Idle);
        var after = ProcessUse.Of(server.Id);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-16} {after.Resident / 1048576.0:0} MiB resident; in {Idle.TotalSeconds:0} idle seconds {(after.Cpu - before.Cpu).TotalSeconds:0.00} s of CPU, {after.Written - before.Written} bytes written"));
        return after.Resident;
    }
}
