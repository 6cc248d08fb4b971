using System.Globalization;
using System.Net;

namespace LeadFunctions.Settings;

/// <summary>Where the program was started: alone or behind the Functions host, in Azure or not, and what it listens on.</summary>
/// <param name="HostPort">The port that the Functions host gave (<c>FUNCTIONS_CUSTOMHANDLER_PORT</c>); null when run alone.</param>
/// <param name="InAzure">Azure App Service and Functions set <c>WEBSITE_INSTANCE_ID</c>.</param>
/// <param name="Urls">What the server listens on when run alone.</param>
internal sealed record StartEnvironment(int? HostPort, bool InAzure, IReadOnlyList<string> Urls)
{
    /// <summary>The port of <c>func start</c>, so that one URL works with both.</summary>
    public const string DefaultUrl = "http://localhost:7071";

    public bool BehindHost => HostPort is not null;

    /// <summary>Nobody but this machine can reach it.</summary>
    public bool OnLoopbackOnly => Urls.All(IsLoopback);

    public static StartEnvironment Read(IConfiguration configuration)
    {
        var port = int.TryParse(configuration["FUNCTIONS_CUSTOMHANDLER_PORT"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        return new StartEnvironment(
            port,
            !string.IsNullOrEmpty(configuration["WEBSITE_INSTANCE_ID"]),
            port is null ? ReadUrls(configuration) : [$"http://127.0.0.1:{port}"]);
    }

    private static List<string> ReadUrls(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        if (endpoints.Count > 0)
        {
            return endpoints;
        }

        var urls = Split(configuration["urls"]).ToList();
        if (urls.Count == 0)
        {
            urls.AddRange(Split(configuration["http_ports"]).Select(port => $"http://*:{port}"));
            urls.AddRange(Split(configuration["https_ports"]).Select(port => $"https://*:{port}"));
        }

        return urls.Count > 0 ? urls : [DefaultUrl];
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static bool IsLoopback(string url)
    {
        // Kestrel takes '*' and '+' for "every address", which no Uri does.
        var host = BindingAddress.Parse(url).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
