using System.Net;
using System.Net.Sockets;

namespace LeadFunctions.Hosting;

/// <summary>
/// Whom a request is counted for: the connection's address, whatever a header says. Only where the connection is a trusted proxy's does
/// <c>X-Forwarded-For</c> count, from its end: the last address that is no trusted proxy's. Those before it are the caller's own claims.
/// Behind the Functions host the connection's address is the one that the host saw: the worker has put it there.
/// </summary>
/// <param name="trusted"><c>Server:TrustedProxies</c>.</param>
internal sealed class ClientAddress(IReadOnlyList<IPNetwork> trusted)
{
    private const int NetworkBytes = 8;

    public string Find(HttpContext context)
    {
        var connection = Plain(context.Connection.RemoteIpAddress);
        return connection is null || IsTrusted(connection) ? Text(Forwarded(context.Request) ?? connection) : Text(connection);
    }

    private IPAddress? Forwarded(HttpRequest request)
    {
        IPAddress? nearest = null;
        foreach (var text in request.Headers["X-Forwarded-For"].ToString().Split(',').Reverse())
        {
            if (Parse(text.Trim()) is not { } address)
            {
                break;
            }

            nearest = address;
            if (!IsTrusted(address))
            {
                break;
            }
        }

        return nearest;
    }

    private bool IsTrusted(IPAddress address) => trusted.Any(network => network.Contains(address));

    private static string Text(IPAddress? address) => address switch
    {
        null => "",
        // Who has one IPv6 address has the 2^64 of its network.
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes)),
        _ => address.ToString(),
    };

    private static IPAddress? Parse(string text) => Plain(
        IPAddress.TryParse(text, out var address) ? address
        : IPEndPoint.TryParse(text, out var endPoint) ? endPoint.Address
        : null);

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
