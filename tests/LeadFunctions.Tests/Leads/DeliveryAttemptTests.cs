using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Leads;

public sealed class DeliveryAttemptTests
{
    private static readonly TimeSpan Took = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void Each_outcome_has_its_word_in_the_history()
    {
        Assert.Equal(Attempt(204, "delivered", null), Write(new DeliveryOutcome.Delivered(204, "row-1")));
        Assert.Equal(Attempt(412, "delivered", "it was there"), Write(new DeliveryOutcome.Delivered(412, "row-1", "it was there")));
        Assert.Equal(Attempt(503, "retry", "busy"), Write(new DeliveryOutcome.Retry(503, "busy")));
        Assert.Equal(Attempt(null, "unanswered", "silence"), Write(new DeliveryOutcome.Retry(null, "silence", Unanswered: true)));
        Assert.Equal(Attempt(400, "rejected", "no"), Write(new DeliveryOutcome.Reject(400, "no")));
    }

    private static DeliveryAttempt Attempt(int? status, string word, string? error) => new(Posted.At, Took, status, word, error);

    private static DeliveryAttempt Write(DeliveryOutcome outcome) => DeliveryAttempt.Of(outcome, Posted.At, Posted.At + Took);
}
