using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadFunctions.Commands;

/// <summary><c>erase</c>: blanks what is kept of one person. The address travels in the body: URLs end up in logs.</summary>
internal static class EraseCommand
{
    public static Command Make()
    {
        var instance = new InstanceOptions();
        var email = new Option<string>("--email") { Description = "The person's e-mail address", HelpName = "address", Required = true };
        var yes = new Option<bool>("--yes", "-y") { Description = "Don't ask" };
        var command = new DocumentedCommand(
            "erase",
            "Erases one person's data from a running LeadFunctions, by e-mail address. It can't be taken back. What has been delivered to "
            + "other systems is erased there.",
            """
            LeadFunctions erase --email someone@contoso.com         says how many leads it finds, and asks
            LeadFunctions erase --email someone@contoso.com --yes   doesn't ask
            """)
        {
            email, yes,
        };
        instance.AddTo(command);
        return command.WithAction(async (parsed, stop) =>
        {
            using var running = instance.Connect(parsed);
            var body = Encoding.UTF8.GetBytes(new JsonObject { ["email"] = parsed.GetRequiredValue(email) }.ToJsonString());
            var count = await running.PostStepsAsync("/api/runs/erase?dryRun=true", body, stop);
            if (Found(count) == 0)
            {
                Terminal.Line("Nothing is kept of this address.");
                return ExitCode.Done;
            }

            Terminal.Confirm($"{Words(count)} will be erased. This can't be taken back. Go on?", parsed.GetValue(yes));
            Terminal.Line($"{Words(await running.PostStepsAsync("/api/runs/erase", body, stop))} erased.");
            return ExitCode.Done;
        });
    }

    private static long Found(IReadOnlyDictionary<string, long> count) => count["leads"] + count["refused"];

    private static string Words(IReadOnlyDictionary<string, long> count) =>
        $"{Terminal.Count(count["leads"], "lead", "leads")} and {Terminal.Count(count["refused"], "refused body", "refused bodies")}";
}
