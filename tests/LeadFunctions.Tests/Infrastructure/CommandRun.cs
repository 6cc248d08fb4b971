using System.Diagnostics;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>The built executable with a command, run until it ended: its exit code and what it wrote where.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Errors)
{
    // What a developer's shell or a CI machine has set must not change what is tested.
    private static readonly string[] NotInherited = ["LEADFUNCTIONS_KEY", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "URLS", "HTTP_PORTS"];

    /// <summary>Everything that it wrote.</summary>
    public string All => Output + Errors;

    public static Task<CommandRun> OfAsync(TemporaryFolder folder, params string[] arguments) => OfAsync(folder, [], null, arguments);

    /// <param name="input">What stands in its standard input; there is no person at it.</param>
    public static async Task<CommandRun> OfAsync(TemporaryFolder folder, IEnumerable<(string Key, string Value)> environment, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [LeadProcess.Executable, .. arguments]) { WorkingDirectory = folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in NotInherited)
        {
            start.Environment.Remove(name);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        using var most = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(most.Token), process.StandardError.ReadToEndAsync(most.Token));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(most.Token);
        return new CommandRun(process.ExitCode, await output, await errors);
    }
}
