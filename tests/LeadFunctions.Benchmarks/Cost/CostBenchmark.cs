using System.Diagnostics;
using System.Globalization;
using System.Text;
using LeadFunctions.Tests.Intake;

namespace LeadFunctions.Benchmarks.Cost;

/// <summary>
/// What single requests cost that are made to cost much, against the bounds of docs/security.md. Each is sent once before it counts, and then the
/// cheapest of some times counts: other programs can make it only dearer.
/// </summary>
internal sealed class CostBenchmark(string? only)
{
    public const string Command = "cost";

    private const double MostMilliseconds = 50;
    private const double MostMegabytes = 16;
    private const int Times = 3;

    private readonly List<(string What, double Milliseconds, double Megabytes)> _costs = [];

    /// <summary>In a process of its own, whose methods are compiled once and for good, as those of the published program are.</summary>
    public static async Task<int> RunInOwnProcessAsync(string? only)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command, "--here", .. only is null ? Array.Empty<string>() : ["--only", only]]);
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>1 when a bound is broken.</summary>
    public async Task<int> RunAsync()
    {
        Console.WriteLine(Machine.Description);
        foreach (var (name, make) in CostlyBodies.Leads.Where(body => IsMeant($"lead, {body.Key}")))
        {
            await OfBodyAsync($"lead, {name}", "/api/leads", Encoding.UTF8.GetBytes(make(CostlyBodies.MostBytes)));
        }

        foreach (var (name, make) in CostlyBodies.Appointments.Where(body => IsMeant($"appointment, {body.Key}")))
        {
            await OfBodyAsync($"appointment, {name}", "/api/appointments/created", Encoding.UTF8.GetBytes(make(CostlyBodies.MostBytes)));
            await OfBodyAsync($"shorter appointment, {name}", "/api/appointments/created", Encoding.UTF8.GetBytes(make(CostlyBodies.MostOfManyValues)));
        }

        foreach (var (name, headers, body) in CostlyRequests.Posts.Where(request => IsMeant($"post, {request.Name}")))
        {
            await OfBodyAsync($"post, {name}", "/api/leads", body, headers);
        }

        if (IsMeant("request"))
        {
            await OfRequestsAsync();
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_costs.Count} requests; the most: {_costs.Max(cost => cost.Milliseconds):0.0} ms of CPU, {_costs.Max(cost => cost.Megabytes):0.0} MB"));
        return _costs.Exists(IsBroken) ? 1 : 0;
    }

    private bool IsMeant(string what) => only is null || what.Contains(only, StringComparison.Ordinal);

    private static bool IsBroken((string What, double Milliseconds, double Megabytes) cost) =>
        cost.Milliseconds >= MostMilliseconds || cost.Megabytes >= MostMegabytes;

    /// <summary>Posting it, and everything that people ask about it then.</summary>
    private async Task OfBodyAsync(string what, string path, byte[] body, string headers = "Content-Type: application/json\r\n")
    {
        await using var program = await CostProgram.StartAsync();
        program.Tick();
        var at = program.Now;
        var answer = program.Post(path, body, headers);
        program.Tick();
        var next = program.Now;
        if (answer.Text("refusedId") is { } refused)
        {
            Measure($"{what}: refused body as JSON", () => program.Get($"/api/runs/refused/{refused}"), 200);
            Measure($"{what}: refused body as a page", () => program.Get($"/api/runs/refused/{refused}", "Accept: text/html\r\n"), 200);
            Measure($"{what}: replay", () => program.Post($"/api/runs/refused/{refused}/replay", []), 400);
            Measure($"{what}: list of the refused", () => program.Get("/api/runs?status=refused", "Accept: text/html\r\n"), 200);
            Measure($"{what}: CSV of the refused", () => program.Get("/api/runs?status=refused&format=csv"), 200);
        }
        else if (answer.Text("leadId") is { } lead)
        {
            Measure($"{what}: run as JSON", () => program.Get($"/api/runs/{lead}"), 200);
            Measure($"{what}: run as a page, with what would be sent", () => program.Get($"/api/runs/{lead}", "Accept: text/html\r\n"), 200);
            Measure($"{what}: list as a page", () => program.Get($"/api/runs?from={at}&to={next}", "Accept: text/html\r\n"), 200);
            Measure($"{what}: CSV", () => program.Get($"/api/runs?format=csv&from={at}&to={next}"), 200);
            Measure($"{what}: search", () => program.Get($"/api/runs?text=nobody%20at%20all&from={at}&to={next}"), 200);
        }

        var erase = Encoding.UTF8.GetBytes("""{"email":"a@b.example"}""");
        Measure($"{what}: erase, counting", () => program.Post("/api/runs/erase?dryRun=true", erase), 200);
        Measure($"{what}: erase", () => program.Post("/api/runs/erase", erase), 200, times: 0);
        Measure($"{what}: post", () =>
        {
            program.Tick();
            return program.Post(path, body, headers);
        }, answer.Status);
    }

    private async Task OfRequestsAsync()
    {
        await using var program = await CostProgram.StartAsync();
        foreach (var (name, method, path, headers, body) in CostlyRequests.Others)
        {
            Measure($"request, {name}", () => method == "GET" ? program.Get(path, headers) : program.Post(path, body, headers), status: null);
        }
    }

    /// <param name="times">0: it can be done but once, and there is no warm one.</param>
    private void Measure(string what, Func<CostAnswer> ask, int? status, int times = Times)
    {
        if (times > 0)
        {
            ask();
        }

        var (milliseconds, megabytes, length) = (double.MaxValue, double.MaxValue, 0L);
        for (var time = 0; time < Math.Max(1, times); time++)
        {
            GC.Collect();
            var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
            var answer = ask();
            (cpu, allocated) = (Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes(precise: true) - allocated);
            if (status is { } expected && answer.Status != expected)
            {
                throw new InvalidOperationException($"{what}: {answer.Head.Split('\n')[0]}");
            }

            (milliseconds, megabytes, length) =
                (Math.Min(milliseconds, cpu.TotalMilliseconds), Math.Min(megabytes, allocated / (1024.0 * 1024)), answer.Length);
        }

        _costs.Add((what, milliseconds, megabytes));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(IsBroken(_costs[^1]) ? "TOO MUCH" : "ok      ")} {milliseconds,6:0.0} ms {megabytes,6:0.0} MB  {what} ({length:#,0} bytes)"));
    }
}
