using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Webhook;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Webhook;

/// <summary>A webhook as settings make it, on its way to a server on this machine.</summary>
internal sealed class Hook : IDisposable
{
    private readonly RemoteClient _remote = new();

    public Hook(LoopbackServer server, params IEnumerable<(string Key, string Value)> settings)
        : this(server, TimeProvider.System, settings)
    {
    }

    public Hook(LoopbackServer server, TimeProvider time, params IEnumerable<(string Key, string Value)> settings)
    {
        (string Key, string Value)[] least = [("Url", new Uri(server.Url, "leads").ToString()), ("AllowPrivateAddresses", "true")];
        var all = least.Concat(settings).GroupBy(setting => setting.Key).Select(same => ($"hook:{same.Key}", same.Last().Value));
        Options = SettingsOf.Read(reader => WebhookOptions.Read(reader, "hook"), all);
        Destination = new WebhookDestination(Options, new DestinationServices(_remote, time));
    }

    public WebhookOptions Options { get; }

    public WebhookDestination Destination { get; }

    public static LeadDelivery Delivery(Lead lead) => new(1, lead, "hook", 1, 0);

    public Task<DeliveryOutcome> SendAsync(Lead lead) => Destination.SendAsync(Delivery(lead), TestContext.Current.CancellationToken);

    public void Dispose() => _remote.Dispose();
}
