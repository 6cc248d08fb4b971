using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>What would be sent now, with the present configuration.</summary>
internal sealed class Previews(IReadOnlyList<ConfiguredDestination> destinations, DestinationServices services, IRunHistoryStore history, IDeliveryStore deliveries)
{
    private readonly Dictionary<string, Lazy<IDestination>> _destinations = destinations.ToDictionary(
        destination => destination.Name,
        destination => new Lazy<IDestination>(() => destination.Make(services)),
        StringComparer.Ordinal);

    /// <summary>For each delivery of a run; null when there is no such destination any more.</summary>
    public async Task<Func<RunDelivery, string?>> OfAsync(Run run)
    {
        var newest = run.Lead.Subject is { } subject && await deliveries.FindNewestAsync(subject) is { } lead && lead.Id != run.Lead.Id ? await history.FindRunAsync(lead.Id) : null;
        return delivery => _destinations.TryGetValue(delivery.Destination, out var destination) ? Of(destination.Value, AsDelivery(run, delivery), newest) : null;
    }

    private static string Of(IDestination destination, LeadDelivery delivery, Run? newest)
    {
        if (newest is null)
        {
            return DeliveryOutcome.Beginning(destination.Preview(delivery))!;
        }

        var goesHere = newest.Deliveries.Any(other => other.Destination == delivery.Destination && other.State.Status != DeliveryStatus.Discarded);
        var overtaken = delivery with { Later = [new LaterEvent(newest.Lead.Event, goesHere)] };
        return Overtaken.Reason(overtaken, destination.KeepsState)
            ?? DeliveryOutcome.Beginning(destination.Preview(destination.KeepsState ? overtaken : NewestState.Tell(overtaken, newest.Lead)))!;
    }

    private static LeadDelivery AsDelivery(Run run, RunDelivery delivery) => new(0, run.Lead, delivery.Destination, 0, 0)
    {
        Answers = run.Deliveries.Where(other => other.State.Answer is not null).ToDictionary(other => other.Destination, other => other.State.Answer!, StringComparer.Ordinal),
    };
}
