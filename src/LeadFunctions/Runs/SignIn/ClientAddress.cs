using System.Net;
using System.Net.Sockets;

namespace LeadFunctions.Runs.SignIn;

/// <summary>
/// Whom a request is counted for. Behind the Functions host every connection comes from the host; there it is the address that the host
/// added to <c>X-Forwarded-For</c>, the last one: those before it are the caller's own claims. Alone it is the connection's, whatever a header says.
/// </summary>
internal static class ClientAddress
{
    private const int NetworkBytes = 8;

    public static string Of(HttpContext context, bool behindHost)
    {
        var address = (behindHost ? Last(context.Request.Headers["X-Forwarded-For"]) : null) ?? context.Connection.RemoteIpAddress;
        return address switch
        {
            null => "",
            { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
            // Who has one IPv6 address has the 2^64 of its network.
            { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes)),
            _ => address.ToString(),
        };
    }

    private static IPAddress? Last(string? header)
    {
        var last = header?.Split(',')[^1].Trim();
        return IPAddress.TryParse(last, out var address) ? address
            : IPEndPoint.TryParse(last ?? "", out var endPoint) ? endPoint.Address
            : null;
    }
}
