using LeadFunctions.Settings;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.Configuration;

namespace LeadFunctions.Tests.Settings;

/// <summary>Settings as a test gives them.</summary>
internal static class Given
{
    public static IConfigurationRoot Configuration(params (string Key, string? Value)[][] providers)
    {
        var builder = new ConfigurationBuilder();
        foreach (var provider in providers)
        {
            builder.AddInMemoryCollection(provider.ToDictionary(setting => setting.Key, setting => setting.Value));
        }

        return builder.Build();
    }

    public static SettingsReader Settings(params (string Key, string? Value)[] settings) => new(Configuration(settings));

    /// <summary>What the whole program finds wrong with them when it starts.</summary>
    public static IReadOnlyList<SettingFault> FaultsAtStart(params (string Key, string? Value)[] settings)
    {
        using var folder = new TemporaryFolder();
        var all = new Dictionary<string, string?>
        {
            ["Store:Path"] = folder.File("leads.db"),
            ["urls"] = "http://127.0.0.1:0",
            ["Logging:LogLevel:Default"] = "None",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        try
        {
            using var app = LeadFunctionsServer.Build([], builder => builder.Configuration.AddInMemoryCollection(all));
            return [];
        }
        catch (SettingsException exception)
        {
            return exception.Faults;
        }
    }

    public static IEnumerable<string> Keys(this IEnumerable<SettingFault> faults) =>
        faults.Select(fault => fault.Key).Order(StringComparer.Ordinal);
}
