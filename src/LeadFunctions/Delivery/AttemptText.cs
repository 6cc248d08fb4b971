using LeadFunctions.Leads;

namespace LeadFunctions.Delivery;

/// <summary>How an outcome is written into the run history.</summary>
internal static class AttemptText
{
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
