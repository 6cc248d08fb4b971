using System.Diagnostics;
using System.Text;
using LeadFunctions.Appointments;
using LeadFunctions.Delivery;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadFunctions.Tests.Simulation;

/// <summary>
/// One life of the real program: its own composition, with the simulation's clock, store and destinations, its endpoints without a
/// server, and a worker for each destination. It ends by a stop or by a kill.
/// </summary>
internal sealed class SimulatedProgram
{
    private readonly SimulatedWorld _world;
    private readonly SimulatedDisk _disk;
    private readonly ILeadStore _store;
    private readonly ServiceProvider _services;
    private readonly FunctionEndpoints _answers;
    private readonly Task[] _workers;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly Action _ended;
    private int _open;
    private bool _stops;

    /// <param name="disk">As the last one left it, or empty.</param>
    public SimulatedProgram(SimulatedWorld world, SimulatedDisk disk, SimulatedSettings settings, int seed, Action ended)
    {
        (_world, _disk, _ended) = (world, disk, ended);
        Context = new SimulatedContext(world.Loop, this);
        Time = new SimulatedTime(world.Loop, Context);
        var shared = SimulatedParts.For(settings);
        var due = new DueSignal();
        _store = disk.Open(due, this);
        IsStarting = false;
        Store = new SimulatedStore(_store, disk.IsShared, world, this);
        var services = new ServiceCollection();
        services.AddLogging().AddRoutingCore().AddSingleton(new DiagnosticListener("simulation"));
        services.AddLeadFunctions(shared.Options);
        services.AddSingleton(Time).AddSingleton(new Random(seed)).AddSingleton(due).AddSingleton<ILeadStore>(Store);
        _services = services.BuildServiceProvider();
        _answers = new FunctionEndpoints(_services);
        _workers = new Task[shared.Destinations.Count];
        var (delivery, troubles) = (shared.Options.Delivery, _services.GetRequiredService<DestinationTroubles>());
        var chance = _services.GetRequiredService<Random>();
        foreach (var (number, destination) in shared.Destinations.Index())
        {
            var attempter = new DeliveryAttempter(destination, null!, Store, troubles, delivery, Time, chance, NullLogger.Instance);
            var loop = new DestinationLoop(attempter, Store, due, delivery, Time, NullLogger.Instance);
            Run(() => _workers[number] = loop.RunAsync(_stop.Token, _abandon.Token));
        }
    }

    /// <summary>Whose code asks: several programs share what has no memory.</summary>
    public static SimulatedProgram Asking => (SimulatedProgram)((SimulatedContext)SynchronizationContext.Current!).Owner!;

    public SimulatedWorld World => _world;

    public SimulatedContext Context { get; }

    public TimeProvider Time { get; }

    public ILeadStore Store { get; }

    /// <summary>It opens its store, which is not part of what is simulated.</summary>
    public bool IsStarting { get; private set; } = true;

    public bool TakesPosts => !Context.IsOver && !_stops;

    /// <summary>Nothing but its workers is under way.</summary>
    public bool IsIdle => TakesPosts && _open == _workers.Length;

    /// <summary>Nothing waits in the store, as it looks at this moment.</summary>
    public bool NothingWaits() => SimulatedLoop.Outside(() => _disk.Look(_store).CheckAsync(_world.Loop.Now)).Unfinished.Count == 0;

    /// <summary>Does something within the program; nothing of it is left when that ends.</summary>
    public void Run(Func<Task> act) => _world.Loop.Post(
        Context,
        async _ =>
        {
            _open++;
            await act();
            _open--;
            EndIfDone();
        },
        null);

    public async Task<(int Status, string Body)> PostAsync(string path, string body)
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.Method = HttpMethods.Post;
        context.Request.Path = path;
        context.Request.Host = new HostString("localhost");
        context.Request.ContentType = "application/json";
        context.Request.Headers["x-functions-key"] = SimulatedParts.Key;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        var answer = new MemoryStream();
        context.Response.Body = answer;
        await (path == "/api/leads" ? _answers.Leads : _answers.Appointments).ExecuteAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }

    public Task<IntakeResult> ReplayAsync(RefusedBody refused) => refused.Source == Sources.Marketplace
        ? _services.GetRequiredService<LeadIntake>().ReplayAsync(refused, "operator")
        : _services.GetRequiredService<AppointmentIntake>().ReplayAsync(refused, "operator");

    /// <summary>As the system does it at a SIGTERM: what is under way gets some time, and then what is left of it is cut off.</summary>
    public void Stop()
    {
        if (!TakesPosts)
        {
            return;
        }

        _world.Trace("stop");
        _stops = true;
        _world.Loop.Post(Context, _ => _stop.Cancel(), null);
        _world.Loop.After(TimeSpan.FromSeconds(5), _abandon.Cancel, Context);
        _world.Loop.After(TimeSpan.FromSeconds(30), Kill);
        EndIfDone();
    }

    /// <summary>At this moment: what is on disk is there, and nothing else is left. What it was about to hear, it doesn't.</summary>
    public void Kill()
    {
        if (Context.IsOver)
        {
            return;
        }

        _world.Trace("kill");
        Context.IsOver = true;
        _disk.Kill(_store);
        End();
    }

    private void EndIfDone()
    {
        // The workers too are open until they have ended.
        if (_stops && _open == 0 && !Context.IsOver)
        {
            _world.Trace("stopped");
            Context.IsOver = true;
            End();
        }
    }

    private void End()
    {
        SimulatedLoop.Outside(() => Task.Run(() =>
        {
            (_store as IDisposable)?.Dispose();
            return true;
        }));
        _ended();
    }
}
