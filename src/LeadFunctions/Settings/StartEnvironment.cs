using System.Net;

namespace LeadFunctions.Settings;

/// <summary>Where the program was started: alone or behind the Functions host, in Azure or not, and what it listens on.</summary>
/// <param name="BehindHost">The program is the Functions host's worker: the host listens, checks the functions' keys and calls.</param>
/// <param name="InAzure">App Service sets <c>WEBSITE_INSTANCE_ID</c>; the Consumption plans on Linux, Flex among them,
/// <c>WEBSITE_POD_NAME</c> or <c>WEBSITE_SKU</c>.</param>
/// <param name="Urls">What the server listens on when run alone; behind the host none.</param>
internal sealed record StartEnvironment(bool BehindHost, bool InAzure, IReadOnlyList<string> Urls)
{
    /// <summary>The port of <c>func start</c>, so that one URL works with both.</summary>
    public const string DefaultUrl = "http://localhost:7071";

    /// <summary>
    /// Where the worker finds its host: what the worker's packages make of the argument <c>--functions-uri</c>. Here only whether there is
    /// one counts: it says that the program is behind the host.
    /// </summary>
    public const string HostAddress = "Functions:Worker:HostEndpoint";

    /// <summary>Any of them says that the disk is Azure's.</summary>
    public static readonly IReadOnlyList<string> AzureSigns = ["WEBSITE_INSTANCE_ID", "WEBSITE_POD_NAME", "WEBSITE_SKU"];

    /// <summary>
    /// The folder of what the program writes unless a setting says otherwise: <c>data</c> where it was started. Behind the host it lies
    /// beside the app's folder, because what is in that folder belongs to the deployment and is replaced by the next one.
    /// </summary>
    public string DataFolder => BehindHost ? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "data")) : "data";

    /// <summary>Reverse proxies whose <c>X-Forwarded-For</c> is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Nobody but this machine can reach it.</summary>
    public bool OnLoopbackOnly => Urls.All(IsLoopback);

    public static StartEnvironment Read(SettingsReader settings)
    {
        var behindHost = settings.Text(HostAddress) is not null;
        return new StartEnvironment(
            behindHost,
            AzureSigns.Any(sign => settings.Text(sign) is not null),
            behindHost ? [] : ReadUrls(settings))
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

    /// <summary>
    /// The host names its own address in the arguments. In Azure the host has started a placeholder process before it knows which app it
    /// will run; the process becomes this app later, without these arguments, and has this name in its data.
    /// </summary>
    public static bool IsStartedByFunctionsHost(IEnumerable<string> args) =>
        args.Any(argument => argument == "--functions-uri" || argument.StartsWith("--functions-uri=", StringComparison.Ordinal))
        || AppContext.GetData("AZURE_FUNCTIONS_NATIVE_HOST") is not null;

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
        string[] urls =
        [
            .. (settings.Text(key) ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(toUrl),
        ];
        if (!urls.All(CanListen))
        {
            settings.Fault(
                key,
                "holds an address that the program can't listen on; an address looks like http://localhost:7071, a port is a number, "
                + "several are divided by semicolons");
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
