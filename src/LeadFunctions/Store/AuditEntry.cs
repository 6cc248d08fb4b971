using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// An audit entry: what a person did to a run. In the API and in both stores' formats, which stay, it is an "act".
/// </summary>
/// <param name="By">The name of the key that they used, never the key.</param>
/// <param name="Kind"><see cref="Resubmitted"/>, <see cref="Discarded"/>, <see cref="Replayed"/> or <see cref="Erased"/>.</param>
/// <param name="Destination">Null: it was meant for the whole lead.</param>
/// <param name="Note">The reason that they gave.</param>
internal sealed record AuditEntry(DateTimeOffset At, string By, string Kind, string? Destination = null, string? Note = null)
{
    public const string Resubmitted = "resubmitted";
    public const string Discarded = "discarded";
    public const string Replayed = "replayed";
    public const string Erased = "erased";

    /// <summary>What is recorded of deliveries that were resubmitted.</summary>
    /// <param name="each">An entry for each of them; else there is one, meant for the whole lead.</param>
    public static IEnumerable<AuditEntry> OfResubmit(IEnumerable<string> resubmitted, bool each, string by, DateTimeOffset at)
    {
        var destinations = resubmitted.Order(StringComparer.Ordinal).ToArray();
        return each
            ? destinations.Select(destination => new AuditEntry(at, by, Resubmitted, destination))
            : destinations.Take(1).Select(_ => new AuditEntry(at, by, Resubmitted));
    }

    /// <summary>A replay of a refused body that turned out to be this lead.</summary>
    public static AuditEntry Repeated(DateTimeOffset at, string by, LeadId refused) =>
        new(at, by, Replayed, Note: $"The refused body {refused} repeats this lead: nothing was sent.");
}
