using System.Net;
using LeadFunctions.Remote;

namespace LeadFunctions.Tests.Remote;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.167.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    public void An_address_of_the_internet_is_public(string address) => Assert.True(AddressRange.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8", false)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("::ffff:0:8.8.8.8", false)]
    [InlineData("::ffff:0:10.0.0.1", true)]
    [InlineData("fe80::1%1", true)]
    public void What_stands_for_a_public_address_is_not_reached_unencrypted(string address, bool allowed) =>
        Assert.Equal(allowed, Reach.PrivateOnly.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("fe80::1%1")]
    [InlineData("fd00::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("192.88.99.1")]
    [InlineData("3fff::1")]
    [InlineData("3fff:fff:ffff::1")]
    [InlineData("5f00::1")]
    [InlineData("100:0:0:1::1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("::ffff:0:169.254.169.254")]
    [InlineData("::ffff:0:8.8.8.8")]
    public void Any_other_is_not_however_it_is_written(string address) => Assert.False(AddressRange.IsPublic(IPAddress.Parse(address)));
}
