using System.CommandLine;
using System.Runtime.InteropServices;
using LeadFunctions.Settings;

namespace LeadFunctions.Commands;

/// <summary>
/// Runs the server until told to stop. The exit code is 0 only then, 2 for a configuration that can't be used, 1 for everything else.
/// </summary>
internal static class ServeCommand
{
    /// <summary>For the help text: <see cref="CommandLine"/> calls <see cref="RunAsync"/> without parsing the arguments.</summary>
    public static Command Describe() =>
        new DocumentedCommand(
            "serve",
            "Takes and delivers leads until told to stop. This is what happens without a command too.",
            """
            LeadFunctions                                             on http://localhost:7071, files as destinations
            LeadFunctions serve --urls http://localhost:8080          on another port
            LeadFunctions serve --Store:Path=/var/lib/leads/leads.db  with the store elsewhere
            """)
        {
            new Argument<string[]>("settings")
            {
                Description = "--key value or --key=value, for any setting of docs/configuration.md",
                Arity = ArgumentArity.ZeroOrMore,
            },
        };

    public static async Task<int> RunAsync(string[] args)
    {
        var stopRequested = false;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => stopRequested = true);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => stopRequested = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => stopRequested = true);
        try
        {
            await using var app = LeadFunctionsServer.Build(args);
            await app.StartAsync();
            StartNotice.Write(app.Services, app.Urls);
            await app.WaitForShutdownAsync();
            return stopRequested ? 0 : 1;
        }
        catch (SettingsException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        // Whatever it is (an address in use, a certificate that can't be read), a person needs its words, not its stack.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"LeadFunctions ended: {exception.Message}");
            return 1;
        }
    }
}
