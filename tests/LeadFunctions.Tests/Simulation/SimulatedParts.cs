using LeadFunctions.Destinations;
using LeadFunctions.Remote;
using Microsoft.Extensions.Configuration;

namespace LeadFunctions.Tests.Simulation;

/// <summary>What a program is started with.</summary>
internal readonly record struct SimulatedSettings(int Concurrency, bool HookWaitsForCrm);

/// <summary>
/// What has no memory and is dear to make: settings that were read, destinations with their templates compiled. A thread's simulations,
/// which run one after the other, share it from one life of a program to the next, and so do the programs of one.
/// </summary>
internal sealed class SimulatedParts
{
    public const string Key = "a-key-of-the-simulation";

    [ThreadStatic]
    private static Dictionary<SimulatedSettings, SimulatedParts>? _made;

    private SimulatedParts(SimulatedSettings settings)
    {
        Options = Read(settings);
        var services = new DestinationServices(new RemoteClient(new SimulatedTransport()), new PresentTime());
        Destinations = [.. Options.Destinations.Select(destination => MadeOnce(destination, services))];
    }

    public AppOptions Options { get; }

    public IReadOnlyList<ConfiguredDestination> Destinations { get; }

    public static IReadOnlyList<TimeSpan> RetrySchedule { get; } =
        [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20)];

    public static SimulatedParts For(SimulatedSettings settings)
    {
        _made ??= [];
        return _made.TryGetValue(settings, out var made) ? made : _made[settings] = new SimulatedParts(settings);
    }

    private static ConfiguredDestination MadeOnce(ConfiguredDestination destination, DestinationServices services)
    {
        var made = new Lazy<IDestination>(() => destination.Make(services));
        return destination with { Make = _ => made.Value };
    }

    private static AppOptions Read(SimulatedSettings settings)
    {
        var builder = LeadFunctionsServer.Configure([]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Intake:Keys"] = Key,
            ["Delivery:Concurrency"] = $"{settings.Concurrency}",
            ["Delivery:RetrySchedule"] = string.Join(',', RetrySchedule),
            [$"Destinations:{SimulatedRemotes.Crm}:Kind"] = "Dataverse",
            [$"Destinations:{SimulatedRemotes.Crm}:Url"] = "http://localhost:1",
            [$"Destinations:{SimulatedRemotes.Crm}:Auth"] = "None",
            [$"Destinations:{SimulatedRemotes.Hook}:Kind"] = "Webhook",
            [$"Destinations:{SimulatedRemotes.Hook}:Url"] = $"https://{SimulatedRemotes.Hook}",
            [$"Destinations:{SimulatedRemotes.Hook}:After"] = settings.HookWaitsForCrm ? SimulatedRemotes.Crm : null,
        });
        return AppOptions.ReadFaultless(builder.Configuration, builder.Environment);
    }

    /// <summary>The clock of whoever asks.</summary>
    private sealed class PresentTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => SimulatedProgram.Asking.Time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            SimulatedProgram.Asking.Time.CreateTimer(callback, state, dueTime, period);
    }
}
