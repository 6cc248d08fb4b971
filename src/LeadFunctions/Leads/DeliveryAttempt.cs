namespace LeadFunctions.Leads;

/// <summary>One try of a delivery, as the run history shows it.</summary>
/// <param name="Outcome">
/// <c>delivered</c>, <c>retry</c>, <c>rejected</c>, <c>unanswered</c> (the request went out, no answer came) or <c>interrupted</c> (the
/// program stopped meanwhile, or the claim came too late to be sent).
/// </param>
internal sealed record DeliveryAttempt(DateTimeOffset StartedAt, TimeSpan Duration, int? HttpStatus, string Outcome, string? Error)
{
    public const string Interrupted = "interrupted";

    /// <summary>How an outcome is written into the run history.</summary>
    public static DeliveryAttempt Of(DeliveryOutcome outcome, DateTimeOffset started, DateTimeOffset ended)
    {
        var (word, text) = outcome switch
        {
            DeliveryOutcome.Delivered delivered => ("delivered", delivered.Note),
            DeliveryOutcome.Retry { Unanswered: true } retry => ("unanswered", retry.Error),
            DeliveryOutcome.Retry retry => ("retry", retry.Error),
            DeliveryOutcome.Reject reject => ("rejected", reject.Error),
            _ => throw new InvalidOperationException($"No word for {outcome.GetType().Name}."),
        };
        return new DeliveryAttempt(started, ended - started, outcome.HttpStatus, word, text);
    }
}
