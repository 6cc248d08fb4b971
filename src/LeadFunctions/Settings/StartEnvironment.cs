using System.Net;

namespace LeadFunctions.Settings;

/// <summary>Where the program was started: alone or behind the Functions host, in Azure or not, and what it listens on.</summary>
/// <param name="HostPort">The port that the Functions host gave (<c>FUNCTIONS_CUSTOMHANDLER_PORT</c>); null when run alone.</param>
/// <param name="InAzure">App Service sets <c>WEBSITE_INSTANCE_ID</c>; the Consumption plans on Linux, Flex among them, <c>WEBSITE_POD_NAME</c> or <c>WEBSITE_SKU</c>.</param>
/// <param name="Urls">What the server listens on when run alone.</param>
internal sealed record StartEnvironment(int? HostPort, bool InAzure, IReadOnlyList<string> Urls)
{
    /// <summary>The port of <c>func start</c>, so that one URL works with both.</summary>
    public const string DefaultUrl = "http://localhost:7071";

    /// <summary>Any of them says that the disk is Azure's.</summary>
    public static readonly IReadOnlyList<string> AzureSigns = ["WEBSITE_INSTANCE_ID", "WEBSITE_POD_NAME", "WEBSITE_SKU"];

    public bool BehindHost => HostPort is not null;

    /// <summary>Reverse proxies whose <c>X-Forwarded-For</c> is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Nobody but this machine can reach it.</summary>
    public bool OnLoopbackOnly => Urls.All(IsLoopback);

    public static StartEnvironment Read(SettingsReader settings)
    {
        const string HostPortKey = "FUNCTIONS_CUSTOMHANDLER_PORT";
        var port = settings.Text(HostPortKey) is null ? (int?)null : settings.Int(HostPortKey, 0, 1, IPEndPoint.MaxPort);
        return new StartEnvironment(
            port,
            AzureSigns.Any(sign => settings.Text(sign) is not null),
            port is null ? ReadUrls(settings) : [$"http://127.0.0.1:{port}"])
        {
            TrustedProxies = ReadProxies(settings),
        };
    }

    private static List<IPNetwork> ReadProxies(SettingsReader settings)
    {
        const string Key = "Server:TrustedProxies";
        var networks = new List<IPNetwork>();
        foreach (var text in settings.List(Key) ?? [])
        {
            if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else
            {
                settings.Fault(Key, "holds something that is neither an address such as 10.0.0.4 nor a network such as 10.0.0.0/24");
            }
        }

        return networks;
    }

    private static List<string> ReadUrls(SettingsReader settings)
    {
        const string Endpoints = "Kestrel:Endpoints";
        string[] keys = [.. settings.Names(Endpoints).Select(name => $"{Endpoints}:{name}:Url")];
        var urls = keys.SelectMany(key => ReadAll(settings, key, url => url)).ToList();
        if (urls.Count == 0)
        {
            urls.AddRange(ReadAll(settings, "urls", url => url));
        }

        if (urls.Count == 0)
        {
            urls.AddRange(ReadAll(settings, "http_ports", port => $"http://*:{port}"));
            urls.AddRange(ReadAll(settings, "https_ports", port => $"https://*:{port}"));
        }

        if (urls.Count > 0)
        {
            return urls;
        }

        settings.Default("urls", DefaultUrl);
        return [DefaultUrl];
    }

    private static List<string> ReadAll(SettingsReader settings, string key, Func<string, string> toUrl)
    {
        string[] urls = [.. (settings.Text(key) ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(toUrl)];
        if (!urls.All(CanListen))
        {
            settings.Fault(key, "holds an address that the program can't listen on; an address looks like http://localhost:7071, a port is a number, several are divided by semicolons");
        }

        return [.. urls.Where(CanListen)];
    }

    private static bool CanListen(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            // What the parser can't read as a port it leaves in the host's name.
            return address.Scheme is "http" or "https" && address.PathBase.Length == 0 && address.Port is >= 0 and <= IPEndPoint.MaxPort
                && (address.IsUnixPipe || address.Host.StartsWith('[') || !address.Host.Contains(':', StringComparison.Ordinal));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsLoopback(string url)
    {
        // Kestrel takes '*' and '+' for "every address", which no Uri does.
        var host = BindingAddress.Parse(url).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
