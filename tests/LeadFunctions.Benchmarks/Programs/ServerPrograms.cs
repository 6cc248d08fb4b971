using System.Diagnostics;
using System.Globalization;
using LeadFunctions.FunctionsHost;

namespace LeadFunctions.Benchmarks.Programs;

/// <summary>The two programs that are compared: LeadFunctions as it is published, and the bare endpoint in this executable.</summary>
internal sealed class ServerPrograms
{
    private readonly Scratch _scratch;
    private readonly string _leadFunctions;

    private ServerPrograms(Scratch scratch, string leadFunctions)
    {
        _scratch = scratch;
        _leadFunctions = leadFunctions;
    }

    public static async Task<ServerPrograms> PublishAsync(Scratch scratch) =>
        In(scratch, await PublishAsync(Repository.File("src", "LeadFunctions"), scratch.File("app")));

    /// <summary>As they were published into this folder before.</summary>
    public static ServerPrograms In(Scratch scratch, string folder) =>
        new(scratch, Path.Combine(Path.GetFullPath(folder), OperatingSystem.IsWindows() ? "LeadFunctions.exe" : "LeadFunctions"));

    /// <summary>What LeadFunctions is compared with behind the Functions host; returns its folder.</summary>
    public static Task<string> PublishMinimalWorkerAsync(Scratch scratch) =>
        PublishAsync(Repository.File("tests", "LeadFunctions.MinimalWorker"), scratch.File("minimal"));

    /// <summary>The published program's folder: the function app.</summary>
    public string Folder => Path.GetDirectoryName(_leadFunctions)!;

    /// <summary>The published program.</summary>
    public string Executable => _leadFunctions;

    public MeasuredProcess StartBare(string? cores)
    {
        var port = FreePort.Next();
        return MeasuredProcess.Start(_scratch.NewFolder(), cores, port, Environment.ProcessPath!, [BareEndpoint.Command, port.ToString(CultureInfo.InvariantCulture)]);
    }

    /// <summary>Lets a client read the run history of what <see cref="StartLeadFunctions"/> starts.</summary>
    public const string RunsKey = "a-key-for-the-benchmarks";

    /// <summary>Starts LeadFunctions in an empty folder, with its usual settings but for destinations and, perhaps, a store that is there already.</summary>
    public MeasuredProcess StartLeadFunctions(string? cores, LoopbackDestinations destinations, string store)
    {
        var port = FreePort.Next();
        var settings = destinations.Settings();
        settings["Store__Path"] = store;
        settings["Runs__Keys__0"] = RunsKey;
        return MeasuredProcess.Start(_scratch.NewFolder(), cores, port, _leadFunctions, ["--urls", $"http://127.0.0.1:{port}"], settings);
    }

    private static async Task<string> PublishAsync(string project, string folder)
    {
        Console.WriteLine($"Publishing {Path.GetFileName(project)}…");
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-o", folder, "--nologo", "-v", "quiet"]))!;
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? folder : throw new InvalidOperationException("dotnet publish failed.");
    }

    public string NewStore() => Path.Combine(_scratch.NewFolder(), "leads.db");
}
