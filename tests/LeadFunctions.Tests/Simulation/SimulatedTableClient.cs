using Azure;

namespace LeadFunctions.Tests.Simulation;

/// <summary>
/// An instance's client of the simulated table: each request takes its time there and back, some fail, of some the answer is lost, and the
/// program may be killed in between. What the SDK does by itself, to try again, is not simulated.
/// </summary>
internal sealed class SimulatedTableClient(SimulatedTable table, SimulatedWorld world, SimulatedProgram? program) : TableClientOf(table)
{
    protected override async Task<T> RequestAsync<T>(string partition, Func<int> entities, Func<T> serve)
    {
        if (program is null || program.IsStarting)
        {
            return serve();
        }

        var fate = world.NextStoreFate();
        await world.Loop.WaitAsync(fate.Before, program.Context);
        if (fate.IsAway)
        {
            throw new RequestFailedException(503, "Too much to do.", "ServerBusy", null);
        }

        var (answer, fault) = (default(T), default(RequestFailedException));
        try
        {
            answer = serve();
        }
        catch (RequestFailedException exception)
        {
            fault = exception;
        }

        if (fate.KillsAfterwards)
        {
            program.Kill();
        }

        await world.Loop.WaitAsync(fate.After, program.Context);
        return fate.LosesAnswer ? throw new IOException("The connection broke.") : fault is null ? answer! : throw fault;
    }
}
