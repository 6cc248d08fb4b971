using System.CommandLine;

namespace LeadFunctions.Commands;

/// <summary><c>runs replay</c>: takes a refused body after all, when the schema or the settings allow it now.</summary>
internal static class RunsReplayCommand
{
    public static Command Make()
    {
        var instance = new InstanceOptions();
        var id = new Argument<Guid>("refused-id") { Description = "The refused body's id (runs list --status refused)" };
        var command = new TeachingCommand(
            "replay",
            "Checks a refused body again, and takes it as a lead when nothing is wrong with it any more. Once only; what repeats a lead that was taken meanwhile is not sent again.",
            """
            LeadFunctions runs list --status refused
            LeadFunctions runs replay 0193…
            """)
        {
            id,
        };
        instance.AddTo(command);
        return command.Does(async (parsed, stop) =>
        {
            using var running = instance.Connect(parsed);
            var answer = await running.PostAsync($"/api/runs/refused/{parsed.GetValue(id)}/replay", null, stop);
            var lead = answer.GetProperty("leadId").GetGuid();
            Terminal.Line($"{(answer.GetProperty("duplicate").GetBoolean() ? $"It repeats lead {lead}, which was taken before: nothing is sent again." : $"Accepted as lead {lead}.")} See: LeadFunctions runs show {lead}");
            return ExitCode.Done;
        });
    }
}
