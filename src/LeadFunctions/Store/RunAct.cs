using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>What a person did to a run.</summary>
/// <param name="By">The name of the key that they used, never the key.</param>
/// <param name="Kind"><see cref="Resubmitted"/>, <see cref="Discarded"/>, <see cref="Replayed"/> or <see cref="Erased"/>.</param>
/// <param name="Destination">Null: the act was meant for the whole lead.</param>
/// <param name="Note">The reason that they gave.</param>
internal sealed record RunAct(DateTimeOffset At, string By, string Kind, string? Destination = null, string? Note = null)
{
    public const string Resubmitted = "resubmitted";
    public const string Discarded = "discarded";
    public const string Replayed = "replayed";
    public const string Erased = "erased";

    /// <summary>What is recorded of deliveries that were put back.</summary>
    /// <param name="each">An act for each of them; else they are one act, meant for the whole lead.</param>
    public static IEnumerable<RunAct> OfResubmit(IEnumerable<string> putBack, bool each, string by, DateTimeOffset at)
    {
        var destinations = putBack.Order(StringComparer.Ordinal).ToArray();
        return each
            ? destinations.Select(destination => new RunAct(at, by, Resubmitted, destination))
            : destinations.Take(1).Select(_ => new RunAct(at, by, Resubmitted));
    }

    /// <summary>A replay of a refused body that turned out to be this lead.</summary>
    public static RunAct Repeated(DateTimeOffset at, string by, LeadId refused) =>
        new(at, by, Replayed, Note: $"The refused body {refused} repeats this lead: nothing was sent.");
}
