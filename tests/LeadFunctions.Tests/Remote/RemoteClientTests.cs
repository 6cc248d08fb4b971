using System.Net.Sockets;
using LeadFunctions.Remote;

namespace LeadFunctions.Tests.Remote;

/// <summary>What .NET's own handler does in moments that no server can be made to meet.</summary>
public sealed class RemoteClientTests
{
    [Fact]
    public async Task A_connection_that_is_gone_at_once_was_not_reached()
    {
        using var client = new RemoteClient(new GoneAtOnce());
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://contoso.example/leads");

        var reply = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var fault = Assert.IsType<RemoteReply.NoResponse>(reply);
        Assert.Equal(TransportFault.NotReached, fault.Fault);
        Assert.Contains("contoso.example could not be reached", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_meanwhile_it_is_a_stop()
    {
        using var client = new RemoteClient(new GoneAtOnce());
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://contoso.example/leads");

        await Assert.ThrowsAsync<OperationCanceledException>(() => client.SendAsync(request, new CancellationToken(canceled: true)));
    }

    /// <summary>
    /// As <c>HttpConnectionPool.ConnectAsync</c> does it when it asks for the other side's address and the connection has been reset since it was made.
    /// </summary>
    private sealed class GoneAtOnce : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new SocketException((int)SocketError.NotConnected));
    }
}
