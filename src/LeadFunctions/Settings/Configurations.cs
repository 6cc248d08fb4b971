namespace LeadFunctions.Settings;

/// <summary>Where settings come from; the later ones win: appsettings.json beside the program, the environment, the command line.</summary>
internal static class Configurations
{
    private static readonly string[] Sections = ["Intake", "Store", "Delivery", "Destinations", "Runs"];
    private static readonly string[] EnvironmentNames = ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "AZURE_FUNCTIONS_ENVIRONMENT"];

    /// <summary>Core Tools say so in a variable of their own; without any of them it is Production.</summary>
    public static string EnvironmentName =>
        EnvironmentNames
            .Select(Environment.GetEnvironmentVariable)
            .FirstOrDefault(name => !string.IsNullOrWhiteSpace(name)) ?? Environments.Production;

    public static void AddConfigurations(this IConfigurationBuilder configuration, string[] args) =>
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
    }
}
