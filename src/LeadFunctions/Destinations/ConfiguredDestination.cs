using LeadFunctions.Leads;

namespace LeadFunctions.Destinations;

/// <summary>A destination as configured. <paramref name="Make"/> is called at its first delivery: nothing of it is on the way to the first answer.</summary>
internal sealed record ConfiguredDestination(DestinationKind Kind, DestinationRoute Route, Func<DestinationServices, IDestination> Make)
{
    public string Name => Route.Destination;
}
