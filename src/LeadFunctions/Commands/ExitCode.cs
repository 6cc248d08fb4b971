namespace LeadFunctions.Commands;

/// <summary>What a command ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It did not work, or not all of it.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration can't be used; nothing was done.</summary>
    public const int Usage = 2;
}
