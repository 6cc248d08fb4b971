using System.CommandLine;
using LeadFunctions.Benchmarks.Capacity;
using LeadFunctions.Benchmarks.Cost;
using LeadFunctions.Benchmarks.Figures;
using LeadFunctions.Benchmarks.History;
using LeadFunctions.Benchmarks.Hostile;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Micro;
using LeadFunctions.Benchmarks.Plateau;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.Benchmarks.Soak;

namespace LeadFunctions.Benchmarks;

/// <summary>The command line of the benchmarks.</summary>
internal static class BenchmarkCommands
{
    private const string Description =
        """
        Measures LeadFunctions against a bare ASP.NET Core endpoint in the same run on the same machine. LeadFunctions is published for it into a
        folder below artifacts that is removed afterwards; so are the stores. Run it in Release:

          dotnet run -c Release --project tests/LeadFunctions.Benchmarks -- load

        The machine should have two cores and nothing else to do. With taskset the server and the load have a core each, and with wrk on
        the PATH the load comes from it. Exit code 0: measured; 1: failed, for example because an answer was not 202.
        """;

    private static readonly Option<int> Leads = Number("--leads", 0, "How many delivered leads are in a second store that is compared with the empty one; 0: no second store.");
    private static readonly Option<int> Rounds = Number("--rounds", 5, "How often everything is measured; the figures are medians.");
    private static readonly Option<int> Seconds = Number("--seconds", 5, "How long each server is under load in a round, after its warm-up.");
    private static readonly Option<int> Starts = Number("--starts", 15, "How often each program is started.");
    private static readonly Option<int> Posts = Number("--posts", 5000, "How many leads are posted and delivered.");
    private static readonly Option<int> Runs = Number("--runs", 1_000_000, "How many leads are in the large store.");
    private static readonly Option<int> Times = Number("--times", 30, "How often each is asked.");
    private static readonly Option<string?> Kept = new("--store") { Description = "The large store: used when the file is there, else made and kept. Without it the store is made anew and removed." };
    private static readonly Option<bool> Brief = new("--brief") { Description = "Fewer repetitions: minutes become seconds, and the figures are rougher." };

    /// <summary>Ctrl+C ends a long run with what it has counted so far, and that takes a while.</summary>
    public static Task<int> RunAsync(string[] args) =>
        Build().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });

    private static RootCommand Build()
    {
        var micro = new Command("micro", "The pure parts with BenchmarkDotNet: parsing, validating, hashing, rendering.") { Brief };
        micro.SetAction(parsed => MicroBenchmarks.Run(parsed.GetValue(Brief)));
        return new RootCommand(Description)
        {
            micro,
            Measuring("load", "Durable accepts against the bare endpoint: requests/s, p50, p99, with 50 connections and every lead another one.", [Leads, Rounds, Seconds], LoadAsync),
            Measuring("cold", "The start of a process to its first durable 202, against the bare endpoint's first answer.", [Starts], (parsed, programs, _) => new ColdBenchmark(programs, parsed.GetValue(Starts)).RunAsync()),
            Measuring("worker", "Behind the Functions host, as the tests play it: start to first accepted lead, and posts, against a minimal worker.", [Starts, Rounds, Seconds], WorkerAsync),
            Measuring("delivery", "Leads a second from the first post to the last arrival at two loopback destinations; accepts while destinations are 5 s slow.", [Posts], DeliveryAsync),
            Measuring("idle", "Memory, CPU and disk writes while nothing comes.", [], (_, programs, _) => new IdleBenchmark(programs).RunAsync()),
            Measuring("disk", "Room in the SQLite file for a lead with two deliveries.", [Posts], DiskAsync),
            Measuring("history", "Lists, filters, searches and single runs with many leads in the store, against few.", [Runs, Times, Kept], HistoryAsync),
            Capacity(),
            Cost(),
            Measuring("all", "Everything but micro and history, and the table of docs/performance.md.", [Leads, Rounds, Seconds, Starts, Posts], AllAsync),
            SoakCommand.Build(),
            HostileBenchmark.Build(),
            CallersProcess.Build(),
            PlateauBenchmark.Build(),
            PlateauBenchmark.BuildHurried(),
            Generate(),
        };
    }

    private static Command Measuring(string name, string description, IReadOnlyList<Option> options, Func<ParseResult, ServerPrograms, Scratch, Task<IReadOnlyList<Figure>>> measure)
    {
        var command = new Command(name, description);
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction(async parsed =>
        {
            using var scratch = new Scratch();
            Console.WriteLine(Machine.Description);
            foreach (var figure in await measure(parsed, await ServerPrograms.PublishAsync(scratch), scratch))
            {
                Console.WriteLine(figure);
            }
        });
        return command;
    }

    private static Task<IReadOnlyList<Figure>> LoadAsync(ParseResult parsed, ServerPrograms programs, Scratch scratch) =>
        new LoadBenchmark(programs, scratch, parsed.GetValue(Rounds), parsed.GetValue(Seconds)).RunAsync(parsed.GetValue(Leads));

    private static Task<IReadOnlyList<Figure>> WorkerAsync(ParseResult parsed, ServerPrograms programs, Scratch scratch) =>
        new WorkerBenchmark(programs, scratch, parsed.GetValue(Starts), parsed.GetValue(Rounds), parsed.GetValue(Seconds)).RunAsync();

    private static Task<IReadOnlyList<Figure>> DeliveryAsync(ParseResult parsed, ServerPrograms programs, Scratch scratch) =>
        new DeliveryBenchmark(programs, parsed.GetValue(Posts), rounds: 3).RunAsync();

    private static Task<IReadOnlyList<Figure>> DiskAsync(ParseResult parsed, ServerPrograms programs, Scratch scratch) =>
        new DiskBenchmark(programs, parsed.GetValue(Posts)).RunAsync();

    private static Task<IReadOnlyList<Figure>> HistoryAsync(ParseResult parsed, ServerPrograms programs, Scratch scratch) =>
        new HistoryBenchmark(programs, parsed.GetValue(Runs), parsed.GetValue(Times), parsed.GetValue(Kept)).RunAsync();

    private static async Task<IReadOnlyList<Figure>> AllAsync(ParseResult parsed, ServerPrograms programs, Scratch scratch)
    {
        const int ManyLeads = 1_000_000;
        var leads = parsed.GetValue(Leads) is > 0 and var asked ? asked : ManyLeads;
        IReadOnlyList<Figure> figures =
        [
            .. await new LoadBenchmark(programs, scratch, parsed.GetValue(Rounds), parsed.GetValue(Seconds)).RunAsync(leads),
            .. await new ColdBenchmark(programs, parsed.GetValue(Starts)).RunAsync(),
            .. await new IdleBenchmark(programs).RunAsync(),
            .. await DeliveryAsync(parsed, programs, scratch),
        ];
        PerformancePage.Write(figures);
        return figures;
    }

    private static Command Capacity()
    {
        var capacity = new Command("capacity", "Leads a second on Azure Storage within an account's documented limits, on a virtual clock: in one partition and in sixteen, with 1, 4 and 16 instances.")
        {
            Seconds,
        };
        capacity.SetAction(parsed =>
        {
            foreach (var figure in new CapacityBenchmark(parsed.GetValue(Seconds)).Run())
            {
                Console.WriteLine(figure);
            }
        });
        return capacity;
    }

    private static Command Cost()
    {
        var here = new Option<bool>("--here") { Description = "In this process.", Hidden = true };
        var only = new Option<string?>("--only") { Description = "Only those whose name holds this text." };
        var cost = new Command(CostBenchmark.Command, "What single requests cost that are made to cost much, in CPU and memory; exit code 1: more than docs/security.md says.")
        {
            here, only,
        };
        cost.SetAction(parsed => parsed.GetValue(here) ? new CostBenchmark(parsed.GetValue(only)).RunAsync() : CostBenchmark.RunInOwnProcessAsync(parsed.GetValue(only)));
        return cost;
    }

    private static Command Generate()
    {
        var plan = new Argument<int[]>("port, connections, seconds") { Arity = new ArgumentArity(3, 3) };
        var generate = new Command(LoadGenerator.Command, "The built-in load, in a process of its own.") { plan };
        generate.Hidden = true;
        generate.SetAction(async parsed =>
        {
            var numbers = parsed.GetValue(plan)!;
            Console.WriteLine((await SocketLoad.RunAsync(new LoadPlan(numbers[0], numbers[1], TimeSpan.FromSeconds(numbers[2])))).ToLine());
        });
        return generate;
    }

    private static Option<int> Number(string name, int fallback, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback };
}
