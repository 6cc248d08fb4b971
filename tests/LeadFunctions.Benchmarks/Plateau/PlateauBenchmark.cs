using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.FunctionsHost;

namespace LeadFunctions.Benchmarks.Plateau;

/// <summary><c>plateau</c>: a day of leads in minutes, and what the program and its store hold meanwhile.</summary>
internal static class PlateauBenchmark
{
    private const int Connections = 8;

    /// <summary>Of simulated time: what is kept for how long, so that a day has many of both.</summary>
    private const string Retention = "03:00:00";
    private const string DuplicateWindow = "02:00:00";

    /// <summary>How much larger the last third of the day may be than the third before it.</summary>
    private const double MostGrowth = 1.1;

    /// <summary>Handles and threads come and go by ones.</summary>
    private const double MostMore = 8;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private static readonly Option<int> Leads = new("--leads")
    {
        Description = "How many leads the day has.",
        DefaultValueFactory = _ => 1_000_000,
    };

    private static readonly Option<int> Minutes = new("--minutes")
    {
        Description = "How long the day takes.",
        DefaultValueFactory = _ => 30,
    };

    public static Command Build()
    {
        var command = new Command(
            "plateau",
            "A day of leads in minutes, on a clock that hurries and with a short retention: memory, file handles, threads and the "
            + "store's size. Writes docs/plateau.svg and a table. Exit code 1 when something still grows in the last third of the day.") { Leads, Minutes };
        command.SetAction(async (parsed, stop) =>
        {
            using var scratch = new Scratch();
            Console.WriteLine(Machine.Description);
            return await RunAsync(scratch, parsed.GetValue(Leads), TimeSpan.FromMinutes(parsed.GetValue(Minutes)), stop);
        });
        return command;
    }

    /// <summary>The command that runs the program, which isn't for people.</summary>
    public static Command BuildHurried()
    {
        var factor = new Argument<int>("factor");
        var command = new Command(HurriedProgram.Command, "The program on a clock that hurries.") { factor };
        command.Hidden = true;
        command.SetAction(parsed => HurriedProgram.RunAsync(parsed.GetValue(factor)));
        return command;
    }

    private static async Task<int> RunAsync(Scratch scratch, int leads, TimeSpan time, CancellationToken stop)
    {
        var factor = (int)(Day / time);
        await using var remote = await RemoteSystems.StartAsync();
        var port = FreePort.Next();
        var folder = scratch.NewFolder();
        using var program = Start(factor, port, folder, remote);
        var looks = new List<PlateauLook>();
        var started = Stopwatch.GetTimestamp();
        var plan = new LoadPlan(port, Connections, time, Rate: (int)Math.Ceiling(leads / time.TotalSeconds));
        var load = Task.Run(() => SocketLoad.RunAsync(plan), stop);
        Console.WriteLine(
            $"{leads} leads in a day of {time.TotalMinutes:0} minutes; retention {Retention}, duplicate window {DuplicateWindow} of the day.");
        Console.WriteLine(PlateauLook.Header);
        while (Stopwatch.GetElapsedTime(started) < time && !stop.IsCancellationRequested)
        {
            await Task.Delay(time / 96, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            var holding = await LookAsync(program);
            var store = Directory.EnumerateFiles(folder, "leads.db*").Sum(file => new FileInfo(file).Length);
            looks.Add(new PlateauLook(Stopwatch.GetElapsedTime(started) / time * Day, holding, store, remote.Arrived));
            if (looks.Count % 8 == 0)
            {
                Console.WriteLine(looks[^1]);
            }
        }

        if (!stop.IsCancellationRequested)
        {
            var posted = await load;
            Console.WriteLine($"{posted.Requests} posted, {posted.Failures} of them not accepted, {remote.Arrived} arrived at both destinations.");
        }

        program.StandardInput.Close();
        await program.WaitForExitAsync(CancellationToken.None);
        PlateauPlot.Write(looks, Repository.File("docs", "plateau.svg"));
        return Judge(looks);
    }

    private static Process Start(int factor, int port, string folder, RemoteSystems remote)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [HurriedProgram.Command, factor.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var settings = remote.Destinations.Settings();
        settings["urls"] = $"http://127.0.0.1:{port}";
        settings["Store__Path"] = Path.Combine(folder, "leads.db");
        settings["Store__Retention"] = Retention;
        settings["Intake__DuplicateWindow"] = DuplicateWindow;
        // Nobody reads what it says between two looks, and a pipe that is full holds up whoever writes a line, as deliveries do.
        settings["Logging__LogLevel__Default"] = "Warning";
        // Of the clock that hurries: an attempt may take as long as can be set, some seconds of the others' clock.
        settings["Delivery__AttemptTimeout"] = "00:30:00";
        settings["Delivery__LeaseDuration"] = "00:40:00";
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        var program = Process.Start(start)!;
        while (LoopbackAddress.TryConnect(port) is var socket)
        {
            if (socket is not null)
            {
                socket.Dispose();
                return program;
            }

            if (program.HasExited)
            {
                throw new InvalidOperationException($"The program did not start. It printed:\n{program.StandardOutput.ReadToEnd()}");
            }

            Thread.Sleep(20);
        }

        return program;
    }

    private static async Task<Holding> LookAsync(Process program)
    {
        await program.StandardInput.WriteLineAsync();
        await program.StandardInput.FlushAsync();
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Holding.Read(line) is { } holding)
            {
                return holding;
            }
        }

        throw new InvalidOperationException("The program has ended.");
    }

    private static int Judge(IReadOnlyList<PlateauLook> looks)
    {
        var grows = false;
        foreach (var (name, value) in PlateauLook.Values)
        {
            var (before, last) = (Mean(8, 16), Mean(16, 24));
            var mayComeAndGo = name is "file handles" or "threads";
            var isGrowing = !(last <= before * MostGrowth || (mayComeAndGo && last <= before + MostMore));
            grows |= isGrowing;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-16} hours 8 to 16: {before,8:0.0}; hours 16 to 24: {last,8:0.0}; {(isGrowing ? "STILL GROWS" : "a plateau")}"));

            double Mean(int from, int to) =>
                looks
                    .Where(look => look.At.TotalHours >= from && look.At.TotalHours < to)
                    .Select(value)
                    .DefaultIfEmpty(double.NaN)
                    .Average();
        }

        return grows ? 1 : 0;
    }
}

/// <param name="At">The time of the day.</param>
/// <param name="Store">Bytes on the disk.</param>
/// <param name="Arrived">Leads so far.</param>
internal sealed record PlateauLook(TimeSpan At, Holding Holding, long Store, int Arrived)
{
    public const string Header =
        "| hour | leads | heap, MiB | resident, MiB | file handles | threads | store, MiB |\n|---|---|---|---|---|---|---|";

    private const double MiB = 1048576;

    public static IReadOnlyList<(string Name, Func<PlateauLook, double> Value)> Values { get; } =
    [
        ("heap, MiB", look => look.Holding.Heap / MiB),
        ("resident, MiB", look => look.Holding.Resident / MiB),
        ("file handles", look => look.Holding.Handles),
        ("threads", look => look.Holding.Threads),
        ("store, MiB", look => look.Store / MiB),
    ];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {At.TotalHours:0} | {Arrived:#,0} | {Holding.Heap / MiB:0.0} | {Holding.Resident / MiB:0} | "
        + $"{Holding.Handles} | {Holding.Threads} | {Store / MiB:0} |");
}
