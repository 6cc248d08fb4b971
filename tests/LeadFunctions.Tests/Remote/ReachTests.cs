using LeadFunctions.Remote;

namespace LeadFunctions.Tests.Remote;

/// <summary>Where requests may go, decided by the address that is connected to.</summary>
public sealed class ReachTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_name_or_an_address_that_leads_to_this_machine_is_not_connected_to(string host)
    {
        await using var server = await FakeHook.StartAsync();
        using var remote = new RemoteClient();

        var reply = await SendAsync(remote, new UriBuilder(server.Url) { Host = host }.Uri, Reach.PublicOnly);

        var none = Assert.IsType<RemoteReply.NoResponse>(reply);
        Assert.Equal(TransportFault.AddressRefused, none.Fault);
        Assert.Contains("AllowPrivateAddresses", none.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_connection_that_was_opened_for_another_request_opens_no_way_around()
    {
        await using var server = await FakeHook.StartAsync();
        using var remote = new RemoteClient();

        Assert.IsType<RemoteReply.Response>(await SendAsync(remote, server.Url, Reach.Anywhere));
        Assert.IsType<RemoteReply.Response>(await SendAsync(remote, server.Url, Reach.PrivateOnly));
        Assert.IsType<RemoteReply.NoResponse>(await SendAsync(remote, server.Url, Reach.PublicOnly));

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task What_goes_unencrypted_stays_off_the_internet()
    {
        using var remote = new RemoteClient();

        var reply = await SendAsync(remote, new Uri("http://8.8.8.8"), Reach.PrivateOnly);

        var none = Assert.IsType<RemoteReply.NoResponse>(reply);
        Assert.Equal(TransportFault.AddressRefused, none.Fault);
        Assert.Contains("https", none.Message, StringComparison.Ordinal);
    }

    private static async Task<RemoteReply> SendAsync(RemoteClient remote, Uri uri, Reach reach)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        return await remote.SendAsync(request, TestContext.Current.CancellationToken, reach);
    }
}
