using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Webhook;

public sealed class WebhookCheckTests : IAsyncLifetime
{
    private FakeHook _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeHook.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_can_be_asked_without_doing_anything_is_asked()
    {
        using var hook = new Hook(_server);

        var results = await CheckAsync(hook);

        Assert.Equal(["templates", "connect to 127.0.0.1"], results.Select(result => result.What));
        Assert.All(results, result => Assert.True(result.Passed, result.Advice));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_host_that_takes_no_connection_is_named_with_what_to_do()
    {
        using var hook = new Hook(_server);
        await _server.DisposeAsync();

        var failed = Assert.Single(await CheckAsync(hook), result => !result.Passed);

        Assert.Contains("firewall", failed.Advice, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<CheckResult>> CheckAsync(Hook hook) => hook.Destination.CheckAsync([SampleLeads.Marketplace], TestContext.Current.CancellationToken);
}
