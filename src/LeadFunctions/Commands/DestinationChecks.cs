using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Templates;
using LeadFunctions.Remote;

namespace LeadFunctions.Commands;

/// <summary>Asks all destinations at the same time, none longer than an attempt may take.</summary>
internal static class DestinationChecks
{
    public static async Task<IReadOnlyList<(string Of, CheckResult Result)>> RunAsync(AppOptions options, CancellationToken stop)
    {
        using var remote = new RemoteClient();
        var services = new DestinationServices(remote, TimeProvider.System);
        var results = await Task.WhenAll(options.Destinations.Select(destination => RunAsync(destination, services, options.Delivery.AttemptTimeout, stop)));
        return [.. results.SelectMany(result => result)];
    }

    private static async Task<IEnumerable<(string Of, CheckResult Result)>> RunAsync(ConfiguredDestination destination, DestinationServices services, TimeSpan most, CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(most);
        try
        {
            var results = await destination.Make(services).CheckAsync(SampleLeads.Of(destination.Route), late.Token);
            return results.Select(result => (destination.Name, result));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return [(destination.Name, new CheckResult("answers in time", false, $"It did not answer within {most:c} (Delivery:AttemptTimeout). Look at the network, the proxy and the remote system's state."))];
        }
    }
}
