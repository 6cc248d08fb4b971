using System.Net;

namespace LeadFunctions.Hosting;

/// <summary>
/// Whether a request shows that it came over something that stands before the program: a reverse proxy, a tunnel, a content network. Its
/// caller may be anybody, although the connection comes from this machine. What forwards and adds nothing at all can't be told from a
/// caller on this machine.
/// </summary>
internal static class Forwarded
{
    // RFC 7239, 9110 (Via) and 8586 (CDN-Loop), and what products add in place of them.
    private static readonly HashSet<string> Names = new(
    [
        "Forwarded", "Via", "CDN-Loop", "X-Real-IP", "X-Real-Port", "True-Client-IP", "Client-IP", "X-Client-IP", "X-Cluster-Client-IP",
        "X-ProxyUser-IP", "X-Remote-IP", "X-Remote-Addr", "X-Originating-IP", "X-HTTP-Forwarded-For", "X-Host", "X-Scheme", "X-Url-Scheme",
        "X-Proxy-URL", "X-Rewrite-URL", "Front-End-Https", "X-BlueCoat-Via", "WL-Proxy-Client-IP", "Proxy-Client-IP", "Proxy-Connection",
        "Max-Forwards", "X-Cloud-Trace-Context", "X-Arr-Log-Id", "X-Arr-Ssl",
    ], StringComparer.OrdinalIgnoreCase);

    // By their first letter, from A: most headers begin with none of these letters, and every post is asked.
    private static readonly string[][] Beginnings = ByFirstLetter(
    [
        "X-Forwarded", "X-Original-", "CF-", "X-Azure-", "X-AppGw-", "X-Amzn-", "X-Amz-Cf-", "CloudFront-", "X-Envoy-", "X-Goog-",
        "X-Appengine-", "X-Vercel-", "X-NF-", "Fastly-", "Fly-", "Ngrok-", "Tailscale-", "X-MS-Proxy", "X-Tunnel-", "X-Akamai-", "Akamai-",
        "X-Varnish", "X-Squid", "X-Sucuri-", "Incap-", "X-Traefik-", "X-Kong-", "Zeabur-", "X-Render-",
    ]);

    public static bool IsForwarded(HttpRequest request)
    {
        foreach (var (name, _) in request.Headers)
        {
            if (Names.Contains(name) || HasSuchABeginning(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the caller's own connection is encrypted; a proxy that ends TLS says so. A caller who claims it wrongly harms
    /// nobody else.</summary>
    public static bool IsHttps(HttpRequest request) =>
        request.IsHttps
        || request.Headers["X-Forwarded-Proto"].ToString().Split(',')[0].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether nothing speaks against a caller on this machine: no forwarding shows, the name asked for is this machine's own (a page
    /// elsewhere can let its own name lead here), and it is no HTTP/1.0, which proxies speak to what stands behind them and no browser or
    /// tool of today does.
    /// </summary>
    public static bool SeemsOfThisMachine(HttpRequest request) =>
        !IsForwarded(request) && IsThisMachine(request.Host.Host) && request.Protocol != HttpProtocol.Http10
        && request.HttpContext.Connection.RemoteIpAddress is var address && (address is null || IPAddress.IsLoopback(address));

    public static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool HasSuchABeginning(string name)
    {
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]))
        {
            return false;
        }

        foreach (var beginning in Beginnings[char.ToUpperInvariant(name[0]) - 'A'])
        {
            if (name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // No dictionary of letters: .NET compiles one for that when the first post after a start comes.
    private static string[][] ByFirstLetter(string[] beginnings)
    {
        var byLetter = new string[26][];
        for (var letter = 0; letter < byLetter.Length; letter++)
        {
            byLetter[letter] = Array.FindAll(beginnings, beginning => beginning[0] == 'A' + letter);
        }

        return byLetter;
    }
}
