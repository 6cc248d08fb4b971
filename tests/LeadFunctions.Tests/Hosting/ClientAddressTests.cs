using System.Net;
using LeadFunctions.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Hosting;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "198.51.100.1", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1", "127.0.0.1")]
    [InlineData("::ffff:203.0.113.7", null, "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", null, "20010DB800010002")]
    public void It_is_the_connections_whatever_a_header_says(string connection, string? header, string expected) =>
        Assert.Equal(expected, Of([], connection, header));

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.1", "198.51.100.66, 203.0.113.9", "203.0.113.9")] // The first is the caller's own claim.
    [InlineData("127.0.0.1", "198.51.100.66, 203.0.113.9, 10.1.2.3", "203.0.113.9")] // A chain of trusted ones.
    [InlineData("127.0.0.1", "10.1.2.3", "10.1.2.3")]
    [InlineData("127.0.0.1", "10.0.0.1, 198.51.100.1:4711", "198.51.100.1")]
    [InlineData("127.0.0.1", "[2001:db8:1:2:ffff::1]:443", "20010DB800010002")]
    [InlineData("127.0.0.1", "203.0.113.9, unknown", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.9, unknown, 10.1.2.3", "10.1.2.3")]
    [InlineData("127.0.0.1", "", "127.0.0.1")]
    [InlineData("127.0.0.1", null, "127.0.0.1")]
    [InlineData("192.0.2.1", "203.0.113.9", "192.0.2.1")] // No trusted proxy's connection.
    public void Behind_trusted_proxies_it_is_the_last_one_that_is_none_of_them(string connection, string? header, string expected) =>
        Assert.Equal(expected, Of([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8")], connection, header));

    private static string Of(IPNetwork[] trusted, string connection, string? header)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(connection);
        if (header is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = header;
        }

        return new ClientAddress(trusted).Find(context);
    }
}
