using LeadFunctions.Settings;
using Microsoft.Extensions.Configuration;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>Settings as a configuration file or the environment would give them.</summary>
internal static class SettingsOf
{
    public static SettingsReader Reader(params IEnumerable<(string Key, string Value)> settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build());

    /// <summary>Reads options from settings without a fault.</summary>
    public static T Read<T>(Func<SettingsReader, T> read, params IEnumerable<(string Key, string Value)> settings)
    {
        var reader = Reader(settings);
        var options = read(reader);
        Assert.Empty(reader.Faults);
        return options;
    }
}
