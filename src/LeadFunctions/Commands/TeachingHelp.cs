using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LeadFunctions.Commands;

/// <summary>The usual help, and then the command's examples.</summary>
internal sealed class TeachingHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is TeachingCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in command.Examples.Split('\n'))
            {
                output.WriteLine($"  {line.TrimEnd()}");
            }

            output.WriteLine();
        }

        return code;
    }
}
