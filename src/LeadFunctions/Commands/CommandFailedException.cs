namespace LeadFunctions.Commands;

/// <summary>Ends a command; the message says what to do about it.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
