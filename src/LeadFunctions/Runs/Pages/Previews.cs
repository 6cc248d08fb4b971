using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>What would be sent now, with the present configuration.</summary>
internal sealed class Previews(
    IReadOnlyList<ConfiguredDestination> destinations,
    DestinationServices services,
    IRunHistoryStore history,
    IDeliveryStore deliveries)
{
    /// <summary>No lead is as large but one that is made to cost much, and each destination would cost it again.</summary>
    private const int MostPreviewed = 100_000;

    private const string TooLarge = "This lead is so large that what would be sent is not shown here. It is sent all the same.";

    private readonly Dictionary<string, (Lazy<IDestination> Remote, bool KeepsRow)> _destinations = destinations.ToDictionary(
        destination => destination.Name,
        destination => (new Lazy<IDestination>(() => destination.Make(services)), destination.Route.KeepsRow),
        StringComparer.Ordinal);

    /// <summary>For each delivery of a run; null when there is no such destination any more.</summary>
    public async Task<Func<RunDelivery, string?>> MakeAsync(Run run)
    {
        var newest =
            run.Lead.SharedRow is { } sharedRow && await deliveries.FindNewestAsync(sharedRow) is { } lead && lead.Id != run.Lead.Id
                ? await history.FindRunAsync(lead.Id)
                : null;
        return delivery =>
            !_destinations.TryGetValue(delivery.Destination, out var destination) ? null
            : run.Lead.Content.Utf8.Length > MostPreviewed ? TooLarge
            : Preview(destination.Remote.Value, destination.KeepsRow, AsDelivery(run, delivery), newest);
    }

    private static string Preview(IDestination destination, bool keepsRow, LeadDelivery delivery, Run? newest)
    {
        if (newest is null)
        {
            return DeliveryOutcome.Beginning(destination.Preview(delivery))!;
        }

        var goesHere = newest.Deliveries.Any(other =>
            other.Destination == delivery.Destination && other.State.Status != DeliveryStatus.Discarded);
        var superseded = delivery with { Later = [new LaterEvent(newest.Lead.Event, goesHere)] };
        return Superseded.Reason(superseded, keepsRow)
            ?? DeliveryOutcome.Beginning(destination.Preview(keepsRow ? superseded : Superseded.AsItIsNow(superseded, newest.Lead)))!;
    }

    private static LeadDelivery AsDelivery(Run run, RunDelivery delivery) =>
        new(0, run.Lead, delivery.Destination, 0, 0)
        {
            Answers = run
                .Deliveries.Where(other => other.State.Answer is not null)
                .ToDictionary(other => other.Destination, other => other.State.Answer!, StringComparer.Ordinal),
        };
}
