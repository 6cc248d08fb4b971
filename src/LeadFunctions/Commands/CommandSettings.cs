using System.CommandLine;
using LeadFunctions.Settings;

namespace LeadFunctions.Commands;

/// <summary>The whole configuration as the server would read it, with its faults.</summary>
internal sealed record CommandSettings(IConfigurationRoot Configuration, SettingsReader Reader, AppOptions Options)
{
    /// <summary>Settings after the command's own options: what is no option of the command is one.</summary>
    public static void AllowIn(TeachingCommand command)
    {
        command.Arguments.Add(new Argument<string[]>("settings") { Description = "--key value or --key=value, as for serve", Arity = ArgumentArity.ZeroOrMore });
        command.TreatUnmatchedTokensAsErrors = false;
    }

    public static CommandSettings Read(ParseResult parsed)
    {
        string[] given = [.. parsed.GetValue<string[]>("settings") ?? [], .. parsed.UnmatchedTokens];

        // A misspelt option of the command must not pass for a setting that nobody reads.
        if (Array.Find(given, token => token.StartsWith("--", StringComparison.Ordinal) && !token.Contains(':', StringComparison.Ordinal) && !IsAddress(token)) is { } unknown)
        {
            throw new CommandFailedException($"{unknown.Split('=')[0]} is neither an option of this command nor a setting. See --help.", ExitCode.Usage);
        }

        var builder = LeadFunctionsApp.Configure(given);
        var reader = new SettingsReader(builder.Configuration);
        return new CommandSettings(builder.Configuration, reader, AppOptions.Read(reader, builder.Environment));
    }

    private static bool IsAddress(string token) => token[2..].Split('=')[0] is "urls" or "http_ports" or "https_ports";
}
