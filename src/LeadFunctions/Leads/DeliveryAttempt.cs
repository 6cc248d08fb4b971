namespace LeadFunctions.Leads;

/// <summary>One try of a delivery, as the run history shows it.</summary>
/// <param name="Outcome">
/// <c>delivered</c>, <c>retry</c>, <c>rejected</c>, <c>unanswered</c> (the request went out, no answer came) or <c>interrupted</c> (the
/// program stopped meanwhile, or the claim came too late to be sent).
/// </param>
internal sealed record DeliveryAttempt(DateTimeOffset StartedAt, TimeSpan Duration, int? HttpStatus, string Outcome, string? Error)
{
    public const string Interrupted = "interrupted";
}
