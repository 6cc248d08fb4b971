using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;

namespace LeadFunctions.Commands;

/// <summary>The commands of the executable. Without one it serves.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        LeadFunctions takes the leads of Microsoft's marketplaces over HTTPS, keeps them on disk, and delivers them to Dataverse
        and by mail.

        Settings come from appsettings.json beside the program, then the environment (Intake__Keys__0=…), then the command line
        (--Intake:Keys:0=…); the later ones win. Exit codes: 0 done (serve: told to stop), 1 failed, 2 the command line or the
        configuration can't be used (all faults are listed).
        """;

    /// <summary>Serving needn't wait for a command line to be built, nor holds what the other commands need.</summary>
    public static Task<int> RunAsync(string[] args) =>
        args switch
        {
            [] => ServeCommand.RunAsync(args),
            ["serve", .. var settings] when !settings.Any(IsHelp) => ServeCommand.RunAsync(settings),
            [var first, ..] when first.StartsWith("--", StringComparison.Ordinal) && first != "--version" && !IsHelp(first) =>
                ServeCommand.RunAsync(args),
            _ => RunCommandAsync(args),
        };

    private static bool IsHelp(string argument) => argument is "--help" or "-h" or "-?" or "/h" or "/?";

    private static async Task<int> RunCommandAsync(string[] args)
    {
        // For ✓ and names in every script, also where the system has another encoding.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var parsed = Build().Parse(args);
        if (parsed.Action is ParseErrorAction mistake)
        {
            // The whole help would push the mistake off the screen.
            mistake.ShowHelp = false;
            await parsed.InvokeAsync();
            Terminal.Error("See it with --help.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync();
    }

    private static RootCommand Build()
    {
        var root = new RootCommand(Description)
        {
            ServeCommand.Describe(),
            CheckCommand.Make(),
            SendCommand.Make(),
            RunsCommand.Make(),
            EraseCommand.Make(),
            MoveCommand.Make(),
            ConfigCommand.Make(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        return root;
    }
}

/// <summary>What a command ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It did not work, or not all of it.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration can't be used; nothing was done.</summary>
    public const int Usage = 2;
}
