using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Destinations;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Delivery;

public sealed class SupersededTests
{
    private static readonly LaterEvent Updated = new("updated", GoesHere: true);
    private static readonly LaterEvent Cancelled = new("cancelled", GoesHere: true);
    private static readonly LaterEvent CancelledElsewhere = new("cancelled", GoesHere: false);

    [Fact]
    public void The_newest_event_is_sent_everywhere()
    {
        Assert.Null(Reason("created", keepsState: true));
        Assert.Null(Reason("created", keepsState: false));
    }

    [Fact]
    public void A_row_is_not_put_back_by_an_event_that_a_newer_one_there_supersedes()
    {
        Assert.NotNull(Reason("created", keepsState: true, Updated));
        Assert.NotNull(Reason("created", keepsState: true, Updated, CancelledElsewhere));
        Assert.Null(Reason("created", keepsState: true, CancelledElsewhere));
    }

    [Fact]
    public void A_mail_is_spared_only_when_the_newest_event_is_a_cancellation()
    {
        Assert.Null(Reason("created", keepsState: false, Updated));
        Assert.NotNull(Reason("created", keepsState: false, Updated, CancelledElsewhere));
        Assert.Null(Reason("created", keepsState: false, Cancelled, Updated));
        Assert.Null(Reason("cancelled", keepsState: false, Cancelled));
    }

    private static string? Reason(string eventName, bool keepsState, params LaterEvent[] later) =>
        Superseded.Reason(Shipping.Of(Posted.Lead(Samples.Documented) with { Event = eventName }) with { Later = later }, keepsState);
}
