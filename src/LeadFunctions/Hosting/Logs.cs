using LeadFunctions.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace LeadFunctions.Hosting;

/// <summary>Alone, logs go to the standard output, a line each. Behind the Functions host they go to the host.</summary>
internal static class Logs
{
    public static void AddLines(this ILoggingBuilder logging) =>
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });

    /// <summary>A level that is none ends the start with the library's words, which name no key.</summary>
    public static void Check(SettingsReader settings)
    {
        const string Section = "Logging";
        const string Levels = "LogLevel";
        var sections = settings.Names(Section)
            .Where(name => !name.Equals(Levels, StringComparison.OrdinalIgnoreCase))
            .Select(provider => $"{Section}:{provider}:{Levels}")
            .Prepend($"{Section}:{Levels}");
        foreach (var key in sections.SelectMany(section => settings.Names(section).Select(category => $"{section}:{category}")))
        {
            if (settings.Text(key) is { } level && !Enum.TryParse<LogLevel>(level, ignoreCase: true, out _))
            {
                settings.Fault(key, $"must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}");
            }
        }
    }

    /// <summary>What is written, whoever writes it: as configured, and no request with its key.</summary>
    public static void AddFilters(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<LoggerFilterOptions>, PrivateLogs>());
    }
}

/// <summary>
/// What the framework logs of requests holds URLs with their keys, headers, unknown paths and raw request lines. It stays off whatever the
/// settings say: every rule there is, and the one that counts where there is none, asks this filter too, so that no category, pattern or
/// level can widen what is written.
/// </summary>
internal sealed class PrivateLogs : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly string[] PrivateCategories =
    [
        "Microsoft.AspNetCore",
        // A start that failed is said in one line by the command itself.
        "Microsoft.Extensions.Hosting.Internal.Host",
        // Addresses of remote systems, which may hold keys, and headers.
        "System.Net.Http",
        "Azure.",
    ];

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        var rules = options.Rules
            .Select(rule => new LoggerFilterRule(rule.ProviderName, rule.CategoryName, rule.LogLevel, Narrowed(rule.Filter)))
            .ToList();
        options.Rules.Clear();
        // The first of equals: a rule of the settings for everything still says the level.
        options.Rules.Add(new LoggerFilterRule(null, null, options.MinLevel, Narrowed(null)));
        rules.ForEach(options.Rules.Add);
    }

    public static bool Allows(string? category) =>
        category is null || !Array.Exists(PrivateCategories, known => category.StartsWith(known, StringComparison.OrdinalIgnoreCase));

    private static Func<string?, string?, LogLevel, bool> Narrowed(Func<string?, string?, LogLevel, bool>? filter) =>
        (provider, category, level) => Allows(category) && (filter is null || filter(provider, category, level));
}
