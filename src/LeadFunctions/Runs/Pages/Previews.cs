using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>What would be sent now, with the present configuration.</summary>
internal sealed class Previews(IReadOnlyList<ConfiguredDestination> destinations, DestinationServices services)
{
    private readonly Dictionary<string, Lazy<IDestination>> _destinations = destinations.ToDictionary(
        destination => destination.Name,
        destination => new Lazy<IDestination>(() => destination.Make(services)),
        StringComparer.Ordinal);

    /// <summary>Null when there is no such destination any more.</summary>
    public string? Of(Run run, RunDelivery delivery) =>
        _destinations.TryGetValue(delivery.Destination, out var destination) ? destination.Value.Preview(AsDelivery(run, delivery)) : null;

    private static LeadDelivery AsDelivery(Run run, RunDelivery delivery) => new(0, run.Lead, delivery.Destination, 0, 0)
    {
        Answers = run.Deliveries.Where(other => other.State.Answer is not null).ToDictionary(other => other.Destination, other => other.State.Answer!, StringComparer.Ordinal),
    };
}
