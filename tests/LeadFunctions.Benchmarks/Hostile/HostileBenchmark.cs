using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeadFunctions.Benchmarks.Figures;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Benchmarks.Programs;
using LeadFunctions.FunctionsHost;

namespace LeadFunctions.Benchmarks.Hostile;

/// <summary><c>hostile</c>: the p99 of good leads while others are slow, flood or say nothing, against a quiet time just before.</summary>
internal static class HostileBenchmark
{
    private const int GoodConnections = 10;

    /// <summary>Leads a second: enough for a p99, and few enough to leave the cores to the others.</summary>
    private const int Rate = 100;

    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(20);

    /// <summary>What is owed.</summary>
    private const double MostRatio = 3;

    private const string Header =
        "| callers | open at most | ended by the server | p99, ms | quiet p99, ms | ratio | server, ms of a core each second | the same, quiet | MiB |\n"
        + "|---|---|---|---|---|---|---|---|---|";

    private static readonly Option<int> Idle = new("--idle")
    {
        Description = "Connections that say nothing; both ends need a file handle for each.",
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<int> Seconds = new("--seconds")
    {
        Description = "How long each kind goes on.",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<string?> App = new("--app")
    {
        Description = "The folder of a published program; without it the program is published first.",
    };

    private static readonly Option<string> Only = new("--only")
    {
        Description = "Of the rows of the table those with this text alone: \"slow bodies\".",
        DefaultValueFactory = _ => "",
    };

    public static Command Build()
    {
        var command = new Command(
            "hostile", "The p99 of good leads while thousands of connections are idle, slow, broken off or flooding, against a quiet server.")
        {
            Idle, Seconds, App, Only,
        };
        command.SetAction(async parsed =>
        {
            using var scratch = new Scratch();
            Console.WriteLine(Machine.Description);
            var programs = parsed.GetValue(App) is { } app ? ServerPrograms.In(scratch, app) : await ServerPrograms.PublishAsync(scratch);
            var time = TimeSpan.FromSeconds(parsed.GetValue(Seconds));
            return await RunAsync(programs, scratch, parsed.GetValue(Idle), time, parsed.GetValue(Only)!);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServerPrograms programs, Scratch scratch, int idle, TimeSpan time, string only)
    {
        await using var remote = await RemoteSystems.StartAsync();
        var (port, tlsPort) = (FreePort.Next(), FreePort.Next());
        var settings = remote.Destinations.Settings();
        settings["Store__Path"] = programs.NewStore();
        settings["Kestrel__Endpoints__http__Url"] = $"http://127.0.0.1:{port}";
        settings["Kestrel__Endpoints__tls__Url"] = $"https://127.0.0.1:{tlsPort}";
        settings["Kestrel__Endpoints__tls__Protocols"] = "Http1AndHttp2";
        settings["Kestrel__Endpoints__tls__Certificate__Path"] = Certificate(scratch);
        settings["Kestrel__Endpoints__tls__Certificate__Password"] = "x";
        using var server = MeasuredProcess.Start(scratch.NewFolder(), cores: null, port, programs.Executable, [], settings);
        server.Connect().Dispose();
        await GoodAsync(port, time);
        (string Name, CallersKind Kind)[] kinds =
        [
            ($"{idle:#,0} idle connections", new("idle", idle)),
            ("500 with slow headers", new("slow-headers", 500)),
            ("500 with slow bodies", new("slow-bodies", 500)),
            ("20 that pipeline and read nothing", new("pipeline", 20)),
            ("20 that drop half a post", new("drop", 20)),
            ("10 that flood with headers", new("flood-headers", 10)),
        ];
        (string Name, CallersKind[] Callers)[] comparisons =
        [
            .. kinds.Select(kind => (kind.Name, (CallersKind[])[kind.Kind])),
            ("all of these at once", [.. kinds.Select(kind => kind.Kind)]),
            ("HTTP/2, turned on: 5 that reset streams", [new("reset-streams", 5)]),
            ("HTTP/2, turned on: 5 with endless headers", [new("continue-headers", 5)]),
        ];
        var quiet = new List<double>();
        var ratios = new List<(string Name, double Ratio)>();
        Console.WriteLine(Header);
        foreach (var (name, callers) in comparisons.Where(row => row.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            ratios.Add((name, await CompareAsync(name, callers)));
        }

        if (ratios.Count == 0)
        {
            throw new InvalidOperationException($"No row of the table has '{only}' in its name.");
        }

        var worst = ratios.MaxBy(ratio => ratio.Ratio);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"quiet p99: median {Median.Of(quiet):0.0} ms, from {quiet.Min():0.0} to {quiet.Max():0.0} ms; "
            + $"worst ratio {worst.Ratio:0.00} ({worst.Name}), owed ≤ {MostRatio:0}"));
        return worst.Ratio <= MostRatio ? 0 : 1;

        // Each kind has a quiet time just before it: on a machine that is shared the p99 of the quiet server wanders too.
        async Task<double> CompareAsync(string name, IReadOnlyCollection<CallersKind> hostile)
        {
            var (quietP99, quietCore) = await MeasureAsync();
            quiet.Add(quietP99);
            var (p99, core, memory) = (0.0, 0.0, double.NaN);
            var callers = CallersProcess.Start(port, tlsPort, hostile);
            await using (callers)
            {
                // Until nearly all have come: who drops connections or is cut off is between two of them now and then.
                var most = hostile.Sum(kind => kind.Count) * 0.9;
                for (var waited = 0; waited < 120 && (waited < 4 || callers.Came < most); waited++)
                {
                    await Task.Delay(500);
                }

                if (callers.Came < most)
                {
                    throw new InvalidOperationException($"{callers.Came} hostile callers came, and not {most:0}.");
                }

                // The server takes them one after the other, and good callers who come then wait behind them.
                await Task.Delay(Settles);
                (p99, core) = await MeasureAsync();
                memory = OperatingSystem.IsLinux() ? ProcessUse.Of(server.Id).Resident / 1048576.0 : double.NaN;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {callers.MostOpen:#,0} | {callers.Ended:#,0} | {p99:0.0} | {quietP99:0.0} | {p99 / quietP99:0.0} | {core:0} | {quietCore:0} | {memory:0} |"));
            return p99 / quietP99;
        }

        // What the server had of a core says more than a time where others use the cores too.
        async Task<(double P99, double Core)> MeasureAsync()
        {
            var (before, since) = (Core(), Stopwatch.GetTimestamp());
            var p99 = await GoodAsync(port, time);
            return (p99, (Core() - before) / Stopwatch.GetElapsedTime(since).TotalSeconds);
        }

        double Core() => OperatingSystem.IsLinux() ? ProcessUse.Of(server.Id).Cpu.TotalMilliseconds : double.NaN;
    }

    /// <summary>The p99 in milliseconds; every lead must be accepted.</summary>
    private static async Task<double> GoodAsync(int port, TimeSpan time)
    {
        var result = await SocketLoad.RunAsync(new LoadPlan(port, GoodConnections, time, Rate: Rate));
        return result.Failures == 0
            ? result.P99Milliseconds
            : throw new InvalidOperationException($"{result.Failures} of {result.Requests} good leads were not accepted.");
    }

    private static string Certificate(Scratch scratch)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = scratch.File("own.pfx");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, "x"));
        return file;
    }
}
