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

    private const string Old = """{"OfferTitle":"MSFT_TEST_old","UserDetails":{"Email":"someone@contoso.com"}}""";
    private const string New = """{"OfferTitle":"new","UserDetails":{"Email":"someone@contoso.com"}}""";
    private const string Nobodys = """{"OfferTitle":"old"}""";

    [Fact]
    public void The_newest_event_is_sent_everywhere()
    {
        Assert.Null(Reason("created", keepsRow: true));
        Assert.Null(Reason("created", keepsRow: false));
    }

    [Fact]
    public void A_row_is_not_put_back_by_an_event_that_a_newer_one_there_supersedes()
    {
        Assert.NotNull(Reason("created", keepsRow: true, Updated));
        Assert.NotNull(Reason("created", keepsRow: true, Updated, CancelledElsewhere));
        Assert.Null(Reason("created", keepsRow: true, CancelledElsewhere));
    }

    [Fact]
    public void A_mail_is_spared_only_when_the_newest_event_is_a_cancellation()
    {
        Assert.Null(Reason("created", keepsRow: false, Updated));
        Assert.NotNull(Reason("created", keepsRow: false, Updated, CancelledElsewhere));
        Assert.Null(Reason("created", keepsRow: false, Cancelled, Updated));
        Assert.Null(Reason("cancelled", keepsRow: false, Cancelled));
    }

    [Fact]
    public void An_event_is_told_with_what_the_newest_one_says_and_stays_itself()
    {
        var own = Event("created", Old);
        Assert.True(own.Facts.IsTest);

        var told = Superseded.AsItIsNow(Later(own, "updated", goesHere: true), Event("updated", New)).Lead;

        Assert.Equal((own.Id, own.Source, "created", own.ReceivedAt, own.SharedRow), (told.Id, told.Source, told.Event, told.ReceivedAt, told.SharedRow));
        Assert.Equal(("new", false), (told.Content.Offer, told.Facts.IsTest));
    }

    [Fact]
    public void A_cancellation_tells_what_was_cancelled_and_not_what_was_booked_after_it()
    {
        Assert.Equal("MSFT_TEST_old", Told(Later(Event("cancelled", Old), "created", goesHere: true), Event("created", New)));
        Assert.Equal("new", Told(Later(Event("cancelled", Old), "cancelled", goesHere: false), Event("cancelled", New)));
    }

    [Fact]
    public void Nobody_hears_twice_of_what_is_told_again_because_an_address_became_known()
    {
        Assert.Equal("old", Told(Later(Event("updated", Nobodys), "updated", goesHere: true), Event("updated", New)));
        Assert.Equal("new", Told(Later(Event("updated", Nobodys), "updated", goesHere: false), Event("updated", New)));
        Assert.Equal("new", Told(Later(Event("created", Nobodys), "updated", goesHere: true), Event("updated", New)));
    }

    [Theory]
    [InlineData(-1, "someone@contoso.com")]
    [InlineData(0, "someone@contoso.com")]
    [InlineData(1, null)]
    public void An_update_that_came_before_the_customer_was_known_takes_no_address_away_and_a_later_one_does(int minutes, string? address)
    {
        var own = Event("created", New);
        var newest = Event("updated", """{"Id":"a","OfferTitle":"moved"}""") with { ReceivedAt = own.ReceivedAt.AddMinutes(minutes) };

        var told = Superseded.AsItIsNow(Later(own, "updated", goesHere: false), newest).Lead.Content;

        Assert.Equal(("moved", address), (told.Offer, told.Text("UserDetails", "Email")));
    }

    [Fact]
    public void What_was_erased_from_the_newest_event_is_not_taken_from_an_older_one()
    {
        var own = Event("created", New);
        var erased = Event("updated", """{"OfferTitle":"moved"}""") with { ReceivedAt = own.ReceivedAt };

        Assert.Null(Superseded.AsItIsNow(Later(own, "updated", goesHere: false), erased).Lead.Content.Text("UserDetails", "Email"));
    }

    private static string? Reason(string eventName, bool keepsRow, params LaterEvent[] later) =>
        Superseded.Reason(Shipping.Of(Posted.Lead(Samples.Documented) with { Event = eventName }) with { Later = later }, keepsRow);

    private static string? Told(LeadDelivery delivery, Lead newest) => Superseded.AsItIsNow(delivery, newest).Lead.Content.Offer;

    private static LeadDelivery Later(Lead lead, string eventName, bool goesHere) => Shipping.Of(lead) with { Later = [new LaterEvent(eventName, goesHere)] };

    private static Lead Event(string eventName, string body) => Posted.Lead(body) with { Source = Sources.Bookings, Event = eventName, SharedRow = new SharedRow(new LeadId(Guid.NewGuid()), EventOrder.FromStored(1)) };
}
