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
        var builder = LeadFunctionsApp.Configure([.. parsed.GetValue<string[]>("settings") ?? [], .. parsed.UnmatchedTokens]);
        var reader = new SettingsReader(builder.Configuration);
        return new CommandSettings(builder.Configuration, reader, AppOptions.Read(reader, builder.Environment));
    }
}
