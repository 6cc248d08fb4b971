using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Simulation;

/// <summary>What outlives a program: where it keeps its store.</summary>
internal abstract class SimulatedDisk
{
    /// <summary>Several programs use it at once.</summary>
    public abstract bool IsShared { get; }

    public abstract ILeadStore Open(DueSignal due, SimulatedProgram program);

    /// <summary>Leaves what a kill at this moment leaves.</summary>
    public abstract void Kill(ILeadStore store);

    /// <summary>To look into it while nothing else happens.</summary>
    /// <param name="store">A program's that runs; null: there is none.</param>
    public abstract ILeadStore Look(ILeadStore? store);
}

/// <summary>
/// A SQLite file, in memory where the system has a place for that: a kill leaves a copy of it and of its log as they are at that moment.
/// </summary>
internal sealed class SimulatedFile : SimulatedDisk
{
    private static readonly Lazy<byte[]> Empty = new(MakeEmpty);

    private readonly SimulatedLoop _loop;
    private readonly string _folder;
    private string _path;

    public SimulatedFile(SimulatedLoop loop, string folder)
    {
        (_loop, _folder, _path) = (loop, folder, Path.Combine(folder, "leads.db"));
        File.WriteAllBytes(_path, Empty.Value);
    }

    public override bool IsShared => false;

    public override ILeadStore Open(DueSignal due, SimulatedProgram program) => Open(due);

    public override void Kill(ILeadStore store)
    {
        var left = Path.Combine(_folder, $"{Guid.NewGuid():N}.db");
        // On the writer's thread, which is the only one that changes the files.
        SimulatedLoop.Outside(() => ((SqliteLeadStore)store).Database.WriteAsync(_ =>
        {
            foreach (var file in (string[])["", "-wal"])
            {
                if (File.Exists(_path + file))
                {
                    File.Copy(_path + file, left + file);
                }
            }

            return true;
        }));
        _path = left;
    }

    public override ILeadStore Look(ILeadStore? store) => store ?? Open(new DueSignal());

    private SqliteLeadStore Open(DueSignal due) => SqliteLeadStore.Open(_path, due, new ClockWithoutTimers(_loop));

    private static byte[] MakeEmpty()
    {
        var path = Path.Combine(TemporaryFolder.Memory, $"leadfunctions-simulation-{Guid.NewGuid():N}.db");
        SqliteLeadStore.Open(path, new DueSignal(), TimeProvider.System).Dispose();
        var bytes = File.ReadAllBytes(path);
        foreach (var file in Directory.EnumerateFiles(TemporaryFolder.Memory, Path.GetFileName(path) + "*"))
        {
            File.Delete(file);
        }

        return bytes;
    }
}

/// <summary>A table in a storage account, which several programs share: a kill may come between two requests.</summary>
internal sealed class SimulatedAccount(SimulatedWorld world) : SimulatedDisk
{
    private readonly SimulatedTable _table = new();
    private ILeadStore? _looked;

    public override bool IsShared => true;

    public override ILeadStore Open(DueSignal due, SimulatedProgram program) => Open(due, new SimulatedTableClient(_table, world, program));

    public override void Kill(ILeadStore store)
    {
    }

    public override ILeadStore Look(ILeadStore? store) => _looked ??= Open(new DueSignal(), new SimulatedTableClient(_table, world, null));

    private static AzureLeadStore Open(DueSignal due, SimulatedTableClient client) =>
        SimulatedLoop.Outside(() => AzureLeadStore.OpenAsync(StorageAccount.WithClients("simulated", _ => client), "leads", due));
}
