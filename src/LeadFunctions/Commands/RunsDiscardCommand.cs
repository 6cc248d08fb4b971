using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LeadFunctions.Runs;

namespace LeadFunctions.Commands;

/// <summary><c>runs discard</c>: a dead letter that nobody wants delivered any more, with the reason.</summary>
internal static class RunsDiscardCommand
{
    public static Command Make()
    {
        var instance = new InstanceOptions();
        var id = new Argument<Guid>("id") { Description = "The lead's id" };
        var destination = new Option<string?>("--destination") { Description = "The delivery there alone", HelpName = "name" };
        var reason = new Option<string>("--reason") { Description = "Why; it is kept with the run", HelpName = "text", Required = true };
        var command = new TeachingCommand(
            "discard",
            "Takes a lead's dead letters off the list of what a person has to look at. The lead and the reason are kept; resubmit brings a delivery back.",
            """
            LeadFunctions runs discard 0193… --reason "A test of the agency's"
            LeadFunctions runs discard 0193… --destination mail --reason "Told them by telephone"
            """)
        {
            id, destination, reason,
        };
        reason.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { Length: > RunActs.LongestReason } text)
            {
                result.AddError($"--reason has {text.Length} characters; at most {RunActs.LongestReason} are taken.");
            }
        });
        instance.AddTo(command);
        return command.Does(async (parsed, stop) =>
        {
            using var running = instance.Connect(parsed);
            string[] query = parsed.GetValue(destination) is { Length: > 0 } name ? [$"destination={Uri.EscapeDataString(name)}"] : [];
            var body = Encoding.UTF8.GetBytes(new JsonObject { ["reason"] = parsed.GetRequiredValue(reason) }.ToJsonString());
            var answer = await running.PostAsync(RunFilters.Path($"/api/runs/{parsed.GetValue(id)}/discard", query), body, stop);
            var count = answer.GetProperty("discarded").GetInt64();
            Terminal.Line(count == 0 ? "Nothing was discarded: there is no dead letter." : $"{RunsResubmitCommand.Count(count, "delivery", "deliveries")} discarded.");
            return ExitCode.Done;
        });
    }
}
