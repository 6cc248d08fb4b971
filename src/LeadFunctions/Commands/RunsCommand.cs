using System.CommandLine;

namespace LeadFunctions.Commands;

/// <summary><c>runs</c>: the run history of a running instance.</summary>
internal static class RunsCommand
{
    public static Command Make() => new TeachingCommand(
        "runs",
        "The run history of a running LeadFunctions: what happened to every lead, and what can be done about it.",
        """
        LeadFunctions runs list --status dead_letter            what a person has to look at
        LeadFunctions runs show 0193…                           everything about one lead
        LeadFunctions runs resubmit 0193…                       try again what has not arrived
        LeadFunctions runs list --help                          every command has help of its own
        """)
    {
        RunsListCommand.Make(),
        RunsShowCommand.Make(),
        RunsResubmitCommand.Make(),
        RunsDiscardCommand.Make(),
        RunsReplayCommand.Make(),
        RunsExportCommand.Make(),
    };
}
