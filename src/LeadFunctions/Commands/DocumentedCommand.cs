using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using LeadFunctions.Settings;

namespace LeadFunctions.Commands;

/// <summary>A command whose help ends with examples, and which fails in words.</summary>
/// <param name="examples">Lines of a command and what it does.</param>
internal sealed class DocumentedCommand(string name, string description, string examples) : Command(name, description)
{
    public string Examples { get; } = examples;

    public DocumentedCommand WithAction(Func<ParseResult, CancellationToken, Task<int>> act)
    {
        SetAction((parsed, stop) => RunAsync(() => act(parsed, stop)));
        return this;
    }

    private static async Task<int> RunAsync(Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (RefusalException refusal)
        {
            Terminal.Error(refusal.Message);
            return ExitCode.Failed;
        }
        catch (CommandFailedException exception)
        {
            Terminal.Error(exception.Message);
            return exception.ExitCode;
        }
        catch (SettingsException exception)
        {
            Terminal.Error(exception.Message);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            Terminal.Error("Stopped before it was done.");
            return ExitCode.Failed;
        }
        // Whatever it is (a file that can't be written, a connection that broke), a person needs its words, not its stack.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Terminal.Error($"LeadFunctions {exception.GetType().Name}: {exception.Message}");
            return ExitCode.Failed;
        }
    }
}

/// <summary>The usual help, and then the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand command)
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

/// <summary>Ends a command; the message says what to do about it.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
