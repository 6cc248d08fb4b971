using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Deploy;

/// <summary>
/// What <c>scripts/package.cs</c> makes: the gate's, or one that is made for these tests, in a folder of its own. That one builds nothing in the
/// repository, where others may be building.
/// </summary>
public sealed class Package : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private string _package = "";

    /// <summary>The folder of the one that the gate has made before the tests, which it names in <c>LEADFUNCTIONS_TEST_PACKAGE</c>.</summary>
    public static string? Made =>
        Environment.GetEnvironmentVariable("LEADFUNCTIONS_TEST_PACKAGE") is { Length: > 0 } made ? Path.GetFullPath(made, Repository.Root) : null;

    public string Folder => Path.Combine(_package, "app");

    /// <summary>The zip, unpacked as a Functions app's instance would.</summary>
    public string Unpacked => _folder.File("unpacked");

    public async ValueTask InitializeAsync()
    {
        _package = Made ?? await MakeAsync();
        await ZipFile.ExtractToDirectoryAsync(Path.Combine(_package, "leadfunctions.zip"), Unpacked);
    }

    private async Task<string> MakeAsync()
    {
        var package = _folder.File("package");
        // No build server may outlive the script and keep its output open. Analysis and compiling ahead take long and change no file's name.
        var start = new ProcessStartInfo("dotnet",
        [
            "run", Path.Combine(Repository.Root, "scripts", "package.cs"), "--", "--output", package, "--artifacts-path", _folder.File("artifacts"),
            "-p:PublishReadyToRun=false", "-p:RunAnalyzers=false", "-p:UseSharedCompilation=false", "-nodeReuse:false", "-v", "quiet",
        ])
        { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        using var script = Process.Start(start)!;
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, $"scripts/package.cs ended with {script.ExitCode}:\n{await output}\n{await errors}");
        return package;
    }

    /// <summary>Starts the unpacked zip as the Functions host does.</summary>
    internal Task<HostedProgram> StartBehindHostAsync(TemporaryFolder folder, IEnumerable<(string Key, string Value)> environment)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "What is native in it is for linux-x64.");
        return HostedProgram.StartAsync(folder, environment, Unpacked);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
