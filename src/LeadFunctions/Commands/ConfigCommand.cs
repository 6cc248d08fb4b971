using System.CommandLine;
using System.Text.Json.Nodes;
using LeadFunctions.Settings;
using Spectre.Console;

namespace LeadFunctions.Commands;

/// <summary><c>config</c>: what counts, where it comes from, and what is wrong with it. No secret is shown.</summary>
internal static class ConfigCommand
{
    public static Command Make()
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new DocumentedCommand(
            "config",
            "Shows the settings that count, with where each one comes from. Secrets are masked.",
            """
            LeadFunctions config                                    every setting: value and origin
            LeadFunctions config --json                             for a program to read
            LeadFunctions config --Delivery:Concurrency=4           as serve would read it with this argument
            """)
        {
            json,
        };
        CommandSettings.AllowIn(command);
        return command.WithAction((parsed, _) => Task.FromResult(Show(CommandSettings.Read(parsed), parsed.GetValue(json))));
    }

    private static int Show(CommandSettings settings, bool asJson)
    {
        var all = EffectiveSetting.All(settings.Configuration, settings.Reader);
        var faults = settings.Reader.Faults;
        if (asJson)
        {
            Terminal.Line(
                CommandJson.Text(
                    new JsonObject
                    {
                        ["settings"] = new JsonArray([
                            .. all.Select(setting => new JsonObject
                            {
                                ["key"] = setting.Key,
                                ["value"] = setting.Value,
                                ["origin"] = setting.Origin,
                            }),
                        ]),
                        ["faults"] = new JsonArray([
                            .. faults.Select(fault => new JsonObject { ["key"] = fault.Key, ["message"] = fault.Message }),
                        ]),
                    }));
        }
        else
        {
            var table = Terminal.Table("setting", "value", "from");
            foreach (var setting in all)
            {
                table.AddRow(Terminal.Cell(setting.Key), Terminal.Cell(setting.Value ?? "–"), Terminal.Cell(setting.Origin));
            }

            Terminal.Out.Write(table);
            foreach (var fault in faults)
            {
                Terminal.Error($"✗ {fault.Key}: {fault.Message}");
            }
        }

        return faults.Count == 0 ? ExitCode.Done : ExitCode.Usage;
    }
}

/// <summary>The whole configuration as the server would read it, with its faults.</summary>
internal sealed record CommandSettings(IConfigurationRoot Configuration, SettingsReader Reader, AppOptions Options)
{
    /// <summary>Settings after the command's own options: what is no option of the command is one.</summary>
    public static void AllowIn(DocumentedCommand command)
    {
        command.Arguments.Add(
            new Argument<string[]>("settings")
            {
                Description = "--key value or --key=value, as for serve",
                Arity = ArgumentArity.ZeroOrMore,
            });
        command.TreatUnmatchedTokensAsErrors = false;
    }

    public static CommandSettings Read(ParseResult parsed)
    {
        string[] given = [.. parsed.GetValue<string[]>("settings") ?? [], .. parsed.UnmatchedTokens];

        // A misspelt option of the command must not pass for a setting that nobody reads.
        if (Array.Find(
                given,
                token =>
                    token.StartsWith("--", StringComparison.Ordinal) && !token.Contains(':', StringComparison.Ordinal) && !IsAddress(token)
            ) is
            { } unknown)
        {
            throw new CommandFailedException(
                $"{unknown.Split('=')[0]} is neither an option of this command nor a setting. See --help.",
                ExitCode.Usage);
        }

        var builder = LeadFunctionsServer.Configure(given);
        var reader = new SettingsReader(builder.Configuration);
        return new CommandSettings(builder.Configuration, reader, AppOptions.Read(reader, builder.Environment));
    }

    private static bool IsAddress(string token) => token[2..].Split('=')[0] is "urls" or "http_ports" or "https_ports";
}
