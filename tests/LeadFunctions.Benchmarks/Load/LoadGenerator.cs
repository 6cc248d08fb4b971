using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Benchmarks.Programs;

namespace LeadFunctions.Benchmarks.Load;

/// <summary>Puts a server under load from a process of its own on the load's core: <c>wrk</c> where it is on the PATH, else this program.</summary>
internal static class LoadGenerator
{
    public const string Command = "generate";

    private static readonly string? Wrk = Machine.Find("wrk");

    public static string Description => Wrk is null ? "The load comes from the built-in generator (wrk is not on the PATH)." : "The load comes from wrk.";

    public static async Task<LoadResult> RunAsync(LoadPlan plan, Scratch scratch)
    {
        string[] command = Wrk is null ? OwnCommand(plan) : WrkScript.Command(Wrk, plan, scratch);
        command = [.. Pinning.Prefix(Pinning.LoadCore), .. command];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var result = LoadResult.Parse(output);
        return result.Failures == 0
            ? result
            : throw new InvalidOperationException($"{result.Failures} of {result.Requests} posts were not answered with 202: the figure would mean nothing.");
    }

    private static string[] OwnCommand(LoadPlan plan) =>
    [
        Environment.ProcessPath!, Command, Text(plan.Port), Text(plan.Connections), Text((int)plan.Time.TotalSeconds),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
