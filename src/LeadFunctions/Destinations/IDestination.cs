using LeadFunctions.Leads;

namespace LeadFunctions.Destinations;

/// <summary>
/// A remote system that takes leads. It knows nothing of queue or retry: it tries once and says what came of it. Only
/// <see cref="OperationCanceledException"/> leaves it, when the attempt's time is up; any other exception is a bug.
/// </summary>
internal interface IDestination
{
    Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop);

    /// <summary>The request as it would be sent now, for people to read: without keys. Or why there can be none.</summary>
    string Preview(LeadDelivery delivery);

    /// <summary>Asks the remote system for everything that a delivery needs, and leaves nothing there.</summary>
    /// <param name="samples">Leads to try the templates with, of every kind that comes here; at least one.</param>
    Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop);
}

/// <summary>One thing that the command <c>check</c> asked of a remote system.</summary>
/// <param name="What">What was asked, in a few words.</param>
/// <param name="Advice">What to do when it has not passed; or what was left unasked, and why.</param>
internal sealed record CheckResult(string What, bool Passed, string? Advice = null);
