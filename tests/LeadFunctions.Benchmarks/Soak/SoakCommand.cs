using System.CommandLine;
using LeadFunctions.Benchmarks.Programs;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary><c>soak</c>: the published program under load, killed again and again.</summary>
internal static class SoakCommand
{
    private const string Description =
        """
        Kills the published program (kill -9) at random moments while leads are posted and its destinations are slow, failing, hanging, breaking connections, losing
        answers or answering after the caller has gone; at the end they heal, all arrives, and all is counted. Ctrl+C ends it with the counts so far.
        Exit code 0: every promise was kept; 1: one was broken.
        """;

    private static readonly Option<int> Kills = Number("--kills", 20, "How often a program is killed.");
    private static readonly Option<int> Leads = Number("--leads", 20_000, "How many leads are posted.");
    private static readonly Option<int> Instances = Number("--instances", 1, "How many programs share the store (Azure Storage).");
    private static readonly Option<int> Seed = Number("--seed", 1, "Chooses the moments of the kills and the destinations' turns.");
    private static readonly Option<string> Store = Text("--store", "sqlite: a file; azure: a table of the storage emulator Azurite, which .ci/run installs.", "sqlite", "azure");
    private static readonly Option<int> Minutes = Number(
        "--minutes", 0, "Take no longer than this: leads and kills are spread over it, and what hasn't arrived at the end is looked for in the run history; 0: until all has arrived.");
    private static readonly Option<string?> App = new("--app") { Description = "The folder of a published program; without it the program is published first." };
    private static readonly Option<bool> Worker = new("--worker") { Description = "As the worker of a played Functions host." };

    public static Command Build()
    {
        var command = new Command("soak", Description) { Kills, Leads, Minutes, Instances, Seed, Store, Worker, App };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var (azure, instances) = (parsed.GetValue(Store) == "azure", parsed.GetValue(Instances));
        if (instances > 1 && !azure)
        {
            Console.Error.WriteLine("A store in a file is used by one program at a time: several instances need --store azure.");
            return 2;
        }

        using var scratch = new Scratch();
        Console.WriteLine(Machine.Description);
        var programs = parsed.GetValue(App) is { } app ? ServerPrograms.In(scratch, app) : await ServerPrograms.PublishAsync(scratch);
        await using var emulator = azure ? await StorageEmulator.StartAsync(scratch.NewFolder()) : null;
        var data = emulator?.Folder ?? scratch.NewFolder();
        var report = await SoakRun.RunAsync(
            new SoakPlan(parsed.GetValue(Kills), parsed.GetValue(Leads), parsed.GetValue(Seed), instances)
            {
                ContractEvery = 10,
                Time = parsed.GetValue(Minutes) is > 0 and var minutes ? TimeSpan.FromMinutes(minutes) : null,
                Store = emulator?.Store ?? [("Store__Path", Path.Combine(data, "leads.db"))],
                StoreBytes = () => SoakPlan.BytesIn(data),
                Program = settings => parsed.GetValue(Worker)
                    ? SoakProgram.Worker(programs.Folder, settings)
                    : SoakProgram.Alone(scratch.NewFolder(), [programs.Executable], settings),
                Progress = Console.WriteLine,
            },
            File.ReadAllText(Repository.File("samples", "lead.json")),
            stop);
        Console.WriteLine();
        Console.Write(report);
        Console.WriteLine();
        Console.WriteLine(report.ToMarkdown(Command(parsed)));
        return report.Broken.Count == 0 ? 0 : 1;
    }

    /// <summary>As it was called, but for where the program was published.</summary>
    private static string Command(ParseResult parsed) => string.Join(' ', parsed.Tokens
        .Select(token => token.Value)
        .Where((value, at) => value != App.Name && (at == 0 || parsed.Tokens[at - 1].Value != App.Name)));

    private static Option<int> Number(string name, int fallback, string description) => new(name) { Description = description, DefaultValueFactory = _ => fallback };

    private static Option<string> Text(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
