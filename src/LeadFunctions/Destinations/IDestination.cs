using LeadFunctions.Leads;

namespace LeadFunctions.Destinations;

/// <summary>
/// A remote system that takes leads. It knows nothing of queue or retry: it tries once and says what came of it. Only
/// <see cref="OperationCanceledException"/> leaves it, when the attempt's time is up; any other exception is a bug.
/// </summary>
internal interface IDestination
{
    Task<DeliveryOutcome> SendAsync(Lead lead, CancellationToken stop);
}
