namespace LeadFunctions.Settings;

/// <summary>Where settings come from; the later ones win: appsettings.json beside the program, the environment, the command line.</summary>
internal static class Configurations
{
    public static readonly IReadOnlyList<string> Sections =
    [
        "Intake", "Store", "Delivery", "Destinations", "Bookings", "Runs", "Server", "Alerts",
    ];
    private static readonly string[] EnvironmentNames = ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "AZURE_FUNCTIONS_ENVIRONMENT"];

    /// <summary>Core Tools say so in a variable of their own; without any of them it is Production.</summary>
    public static string EnvironmentName =>
        EnvironmentNames
            .Select(Environment.GetEnvironmentVariable)
            .FirstOrDefault(name => !string.IsNullOrWhiteSpace(name)) ?? Environments.Production;

    /// <summary>Throws <see cref="SettingsException"/> when a file is no JSON.</summary>
    public static void Add(IConfigurationBuilder configuration, string[] args)
    {
        try
        {
            AddAll(configuration, args);
        }
        catch (InvalidDataException exception)
        {
            throw new SettingsException([new SettingFault("appsettings.json", $"can't be read: {exception.GetBaseException().Message}")]);
        }
    }

    private static void AddAll(IConfigurationBuilder configuration, string[] args) =>
        configuration
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
            .AddJsonFile($"appsettings.{EnvironmentName}.json", optional: true, reloadOnChange: false)
            .AddEnvironmentVariables("DOTNET_")
            .AddEnvironmentVariables("ASPNETCORE_")
            .AddEnvironmentVariables()
            .AddCommandLine(args);

    public static void RefuseUnknown(SettingsReader settings)
    {
        foreach (var section in Sections)
        {
            settings.RefuseUnknown(section);
        }

        // The environment holds much that is none of ours, so among the sections only near misses are faults.
        foreach (var name in settings.Sections())
        {
            if (Sections.FirstOrDefault(section => IsNearly(name, section)) is { } meant)
            {
                settings.Fault(name, $"is not a section of LeadFunctions; is {meant} meant?");
            }
        }
    }

    /// <summary>One letter too many, too few, wrong, or two that changed places.</summary>
    private static bool IsNearly(string name, string section)
    {
        if (name.Equals(section, StringComparison.OrdinalIgnoreCase) || Math.Abs(name.Length - section.Length) > 1)
        {
            return false;
        }

        var (a, b) = (name.ToUpperInvariant(), section.ToUpperInvariant());
        var start = a.AsSpan().CommonPrefixLength(b);
        var (restOfA, restOfB) = (a[start..], b[start..]);
        return Tail(restOfA, 1) == Tail(restOfB, 1)
            || Tail(restOfA, 1) == restOfB
            || restOfA == Tail(restOfB, 1)
            || (
                restOfA.Length > 1
                && restOfB.Length > 1
                && restOfA[0] == restOfB[1]
                && restOfA[1] == restOfB[0]
                && Tail(restOfA, 2) == Tail(restOfB, 2));
    }

    private static string Tail(string text, int skipped) => text.Length <= skipped ? "" : text[skipped..];
}
