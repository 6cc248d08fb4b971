using LeadFunctions.Leads;

namespace LeadFunctions.Intake;

/// <summary>What became of a body.</summary>
internal abstract record IntakeResult
{
    /// <summary>It is on disk, or repeats a lead that is.</summary>
    internal sealed record Accepted(LeadId LeadId, bool IsRepeat, int Destinations) : IntakeResult;

    /// <summary>It was about several customers, and a lead of each is on disk. There is at least one.</summary>
    internal sealed record AcceptedAll(IReadOnlyList<Accepted> Leads) : IntakeResult;

    /// <summary>The refused body was made a lead before.</summary>
    internal sealed record ReplayedBefore : IntakeResult;

    /// <summary>It was not accepted, and is kept under <paramref name="RefusedId"/>.</summary>
    internal sealed record Refused(int HttpStatus, IReadOnlyList<Violation> Violations, LeadId RefusedId) : IntakeResult;
}
