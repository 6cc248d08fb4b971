using System.Net;
using LeadFunctions.Runs.SignIn;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Runs.SignIn;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData(false, "203.0.113.7", "198.51.100.1", "203.0.113.7")]
    [InlineData(true, "127.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData(true, "127.0.0.1", "10.0.0.1, 198.51.100.1:4711", "198.51.100.1")]
    [InlineData(true, "127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1")]
    [InlineData(true, "127.0.0.1", null, "127.0.0.1")]
    [InlineData(false, "::ffff:203.0.113.7", null, "203.0.113.7")]
    [InlineData(false, "2001:db8:1:2:3:4:5:6", null, "20010DB800010002")]
    [InlineData(true, "127.0.0.1", "[2001:db8:1:2:ffff::1]:443", "20010DB800010002")]
    public void It_is_the_connections_or_behind_the_host_what_the_host_added(bool behindHost, string connection, string? header, string expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(connection);
        if (header is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = header;
        }

        Assert.Equal(expected, ClientAddress.Of(context, behindHost));
    }
}
