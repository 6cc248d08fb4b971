using System.Net;
using System.Net.Sockets;

namespace LeadFunctions.Remote;

/// <summary>
/// Tells addresses of the public internet from all others: loopback, private, link-local (cloud metadata), shared, multicast and
/// reserved ones (IANA's special-purpose registries), also when an IPv6 address stands for them.
/// </summary>
internal static class AddressRange
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.168.0.0/16",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            // Azure's platform answers here inside every virtual network.
            "168.63.129.16/32",
            "::/96",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
            "64:ff9b:1::/48",
        }.Select(range => IPNetwork.Parse(range)),
    ];

    // SIIT (RFC 7915): for translators inside a network, never an address of the public internet.
    private static readonly IPNetwork Translated = IPNetwork.Parse("::ffff:0:0:0/96");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        return !Translated.Contains(plain) && !IsPrivate(plain);
    }

    public static bool Allows(this Reach reach, IPAddress address) => reach switch
    {
        Reach.PublicOnly => IsPublic(address),
        Reach.PrivateOnly => IsPrivate(Plain(address)),
        _ => true,
    };

    private static bool IsPrivate(IPAddress plain)
    {
        var meant = Meant(plain);
        return Array.Exists(NotPublic, range => range.Contains(meant));
    }

    /// <summary>Without a scope ("fe80::1%2"), which is no part of the range.</summary>
    private static IPAddress Plain(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;

    /// <summary>The IPv4 address that an IPv6 address stands for (mapped, translated, NAT64, 6to4), else the address itself.</summary>
    private static IPAddress Meant(IPAddress plain)
    {
        if (plain.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return plain;
        }

        var bytes = plain.GetAddressBytes();
        return plain.IsIPv4MappedToIPv6 || Translated.Contains(plain) || Nat64.Contains(plain) ? FourBytes(bytes, 12)
            : SixToFour.Contains(plain) ? FourBytes(bytes, 2)
            : plain;
    }

    private static IPAddress FourBytes(byte[] bytes, int at) =>
        new(bytes.AsSpan(at, 4));
}
