using System.CommandLine;

namespace LeadFunctions.Commands;

/// <summary>The commands of the executable. Without one it serves.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        LeadFunctions takes the leads of Microsoft's marketplaces over HTTPS, keeps them on disk, and delivers them to Dataverse and by mail.

        Settings come from appsettings.json beside the program, then the environment (Intake__Keys__0=…), then the command line
        (--Intake:Keys:0=…); the later ones win. Exit codes: 0 told to stop, 1 failed, 2 faults in the configuration (all are listed).
        """;

    private const string ServeDescription =
        """
        Takes and delivers leads until told to stop. This is what happens without a command too.

        Examples:
          LeadFunctions                                            on http://localhost:7071, files as destinations
          LeadFunctions serve --urls http://localhost:8080         on another port
          LeadFunctions serve --Store:Path=/var/lib/leads/leads.db with the store elsewhere
        """;

    /// <summary>Most starts have no command and needn't wait for a command line to be built.</summary>
    public static Task<int> RunAsync(string[] args) =>
        args is [] || IsSetting(args[0]) ? ServeCommand.RunAsync(args) : Build().Parse(args).InvokeAsync();

    private static bool IsSetting(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument is not ("--help" or "--version");

    private static RootCommand Build()
    {
        var settings = new Argument<string[]>("settings") { Description = "--key value or --key=value, for any setting of docs/configuration.md", Arity = ArgumentArity.ZeroOrMore };
        var serve = new Command("serve", ServeDescription) { settings };
        serve.TreatUnmatchedTokensAsErrors = false;
        serve.SetAction(parsed => ServeCommand.RunAsync([.. parsed.GetValue(settings) ?? [], .. parsed.UnmatchedTokens]));
        return new RootCommand(Description) { serve };
    }
}
