using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace LeadFunctions.Benchmarks.Hostile;

/// <summary>Some <see cref="HostileCallers"/>, so many of a kind.</summary>
internal sealed record CallersKind(string Name, int Count);

/// <summary>
/// Hostile callers in a process of their own: beside thousands of connections the good callers would wait for their own threads and
/// collections, and call that the server's time.
/// </summary>
internal sealed class CallersProcess : IAsyncDisposable
{
    public const string Command = "hostile-callers";

    private static readonly Dictionary<string, Func<HostileCallers, int, Task>> Kinds = new(StringComparer.Ordinal)
    {
        ["idle"] = (callers, count) => callers.IdleAsync(count),
        ["slow-headers"] = (callers, count) => callers.SlowHeadersAsync(count),
        ["slow-bodies"] = (callers, count) => callers.SlowBodiesAsync(count),
        ["pipeline"] = (callers, count) => callers.PipelineAsync(count),
        ["drop"] = (callers, count) => callers.DropAsync(count),
        ["flood-headers"] = (callers, count) => callers.FloodHeadersAsync(count),
        ["reset-streams"] = (callers, count) => callers.ResetStreamsAsync(count),
        ["continue-headers"] = (callers, count) => callers.ContinueHeadersAsync(count),
    };

    private readonly Process _process;
    private readonly Task _reading;

    private CallersProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>The most connections that were open at once, as it said last.</summary>
    public int MostOpen { get; private set; }

    /// <summary>Callers who have been let in, however often.</summary>
    public int Came { get; private set; }

    /// <summary>Connections that the server has ended.</summary>
    public int Ended { get; private set; }

    public static CallersProcess Start(int port, int tlsPort, IEnumerable<CallersKind> kinds) => new(Process.Start(
        new ProcessStartInfo(
            Environment.ProcessPath!,
            [Command, Text(port), Text(tlsPort), .. kinds.SelectMany(kind => (string[])[kind.Name, Text(kind.Count)])])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    /// <summary>What the process does: calls until its input ends, and says again and again how many are there.</summary>
    public static Command Build()
    {
        var words = new Argument<string[]>("port, tls port, kind, count, …") { Arity = ArgumentArity.OneOrMore };
        var command = new Command(Command, "Hostile callers, in a process of their own.") { words };
        command.Hidden = true;
        command.SetAction(parsed => CallAsync(parsed.GetValue(words)!));
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
        using (_process)
        {
            if (_process.ExitCode != 0)
            {
                throw new InvalidOperationException($"The hostile callers ended with {_process.ExitCode}.");
            }
        }
    }

    private static async Task CallAsync(string[] words)
    {
        using var stop = new CancellationTokenSource();
        var callers = new HostileCallers(Number(words[0]), Number(words[1]), stop.Token);
        var calls = Task.WhenAll(words[2..].Chunk(2).Select(kind => Kinds[kind[0]](callers, Number(kind[1]))));
        // The console's own asynchronous reading is none.
        var end = Task.Run(Console.In.ReadLine);
        while (!end.IsCompleted)
        {
            Say();
            await Task.WhenAny(end, Task.Delay(200));
        }

        await stop.CancelAsync();
        await calls;
        Say();

        void Say() => Console.WriteLine($"{Text(callers.MostOpen)} {Text(callers.Came)} {Text(callers.Ended)}");
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var numbers = line.Split(' ');
            (MostOpen, Came, Ended) = (Number(numbers[0]), Number(numbers[1]), Number(numbers[2]));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
