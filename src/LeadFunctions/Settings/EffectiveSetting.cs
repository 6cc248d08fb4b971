using System.Collections;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace LeadFunctions.Settings;

/// <summary>A setting as it counts.</summary>
/// <param name="Value">Fit to be shown: secrets are masked. Null when it isn't set and has no default.</param>
/// <param name="Origin">The file, the environment variable, <c>command line</c>, <c>default</c> or <c>not set</c>.</param>
internal sealed record EffectiveSetting(string Key, string? Value, string Origin)
{
    // What else decides how the program runs; the rest of the environment is none of ours.
    private static readonly string[] Others =
        ["urls", "http_ports", "https_ports", "Kestrel", "Logging", "AzureWebJobsStorage", .. StartEnvironment.AzureSigns];

    private static readonly string[] Prefixes = ["", "ASPNETCORE_", "DOTNET_"];

    /// <param name="settings">Has read everything that the program reads.</param>
    public static IReadOnlyList<EffectiveSetting> All(IConfigurationRoot configuration, SettingsReader settings)
    {
        var all = new Dictionary<string, EffectiveSetting>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in configuration.Providers)
        {
            foreach (var (key, value) in Configurations
                    .Sections.Concat(Others)
                    .SelectMany(section => Leaves(provider, section))
                    .Where(leaf => settings.Counts(leaf.Key, provider)))
            {
                all[key] = new EffectiveSetting(key, Mask(key, value, settings), FindOrigin(provider, key, value));
            }
        }

        // What is set and is not in there yet is part of a list that was replaced as a whole.
        foreach (var key in settings
                .Known.Concat(settings.Defaults.Keys)
                .Where(key => configuration[key] is null && !all.Keys.Any(set => IsAtOrBelow(set, key)))
                .ToList())
        {
            if (settings.Defaults.TryGetValue(key, out var text))
            {
                all[key] = new EffectiveSetting(key, text, "default");
            }
            else if (Configurations.Sections.Any(section => IsAtOrBelow(key, section)))
            {
                all[key] = new EffectiveSetting(key, null, "not set");
            }
        }

        return [.. all.Values.OrderBy(setting => setting.Key, ConfigurationKeyComparer.Instance)];
    }

    /// <summary>A key that nobody reads may be a misspelt one, and its value a secret.</summary>
    private static string Mask(string key, string value, SettingsReader settings) =>
        Configurations.Sections.Any(section => IsAtOrBelow(key, section)) && !settings.Known.Contains(key)
            ? SecretMask.Mask
            : SecretMask.Apply(key, value);

    private static bool IsAtOrBelow(string key, string above) =>
        key.StartsWith(above, StringComparison.OrdinalIgnoreCase) && (key.Length == above.Length || key[above.Length] == ':');

    private static IEnumerable<(string Key, string Value)> Leaves(IConfigurationProvider provider, string key)
    {
        if (provider.TryGet(key, out var value) && value is not null)
        {
            yield return (key, value);
        }

        foreach (var leaf in provider
                .GetChildKeys([], key)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .SelectMany(child => Leaves(provider, $"{key}:{child}")))
        {
            yield return leaf;
        }
    }

    private static string FindOrigin(IConfigurationProvider provider, string key, string value) => provider switch
    {
        JsonConfigurationProvider file => file.Source.Path ?? "file",
        EnvironmentVariablesConfigurationProvider => FindVariable(key, value) is { } name ? $"environment {name}" : "environment",
        CommandLineConfigurationProvider => "command line",
        _ => provider.GetType().Name,
    };

    private static string? FindVariable(string key, string value) =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => (string?)variable.Value == value)
            .Select(variable => (string)variable.Key)
            .FirstOrDefault(name =>
                Array.Exists(
                    Prefixes,
                    prefix => name.Replace("__", ":", StringComparison.Ordinal).Equals(prefix + key, StringComparison.OrdinalIgnoreCase)));
}
