using System.Net;

namespace LeadFunctions.Hosting;

/// <summary>
/// Whether a request came over something that stands before the program: a reverse proxy, a tunnel. Its caller may be anybody,
/// although the connection comes from this machine.
/// </summary>
internal static class Forwarded
{
    private static readonly string[] Headers = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

    public static bool Is(HttpRequest request) => Array.Exists(Headers, request.Headers.ContainsKey);

    /// <summary>Whether the caller's own connection is encrypted; a proxy that ends TLS says so. A caller who claims it wrongly harms nobody else.</summary>
    public static bool IsHttps(HttpRequest request) =>
        request.IsHttps || request.Headers["X-Forwarded-Proto"].ToString().Split(',')[0].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name that was asked for before something put another one into <c>Host</c>; of several, what was added last. Null when nobody says.</summary>
    public static HostString? HostOf(HttpRequest request) =>
        request.Headers["X-Forwarded-Host"].ToString() is { Length: > 0 } header ? new HostString(header.Split(',')[^1].Trim()) : null;

    /// <summary>Also when another name than this machine's was asked for: a page elsewhere can let its own name lead here.</summary>
    public static bool IsOrByAnotherName(HttpRequest request) => Is(request) || !IsThisMachine(request.Host.Host);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
