using Microsoft.Extensions.Options;

namespace LeadFunctions.Hosting;

/// <summary>
/// The framework's own request logs hold URLs with their keys, headers and raw request lines. They stay off whatever log level is
/// configured: no setting can make the program write a key.
/// </summary>
internal sealed class PrivateLogs : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly string[] Telling =
    [
        // A start that failed is said in one line by the command itself.
        "Microsoft.Extensions.Hosting.Internal.Host",
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "Microsoft.AspNetCore.Server.Kestrel.Connections",
        "Microsoft.AspNetCore.Server.Kestrel.Http2",
        "Microsoft.AspNetCore.Server.Kestrel.Http3",
        "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets",
    ];

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        // A rule for a provider beats one for all; among equals the last one wins.
        var providers = options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray();
        foreach (var provider in providers)
        {
            foreach (var category in Telling)
            {
                options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.None, null));
            }
        }
    }
}
