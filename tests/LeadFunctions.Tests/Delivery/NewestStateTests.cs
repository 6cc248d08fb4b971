using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Destinations;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Delivery;

public sealed class NewestStateTests
{
    private const string Old = """{"OfferTitle":"MSFT_TEST_old","UserDetails":{"Email":"someone@contoso.com"}}""";
    private const string New = """{"OfferTitle":"new","UserDetails":{"Email":"someone@contoso.com"}}""";
    private const string Nobodys = """{"OfferTitle":"old"}""";

    [Fact]
    public void An_event_is_told_with_what_the_newest_one_says_and_stays_itself()
    {
        var own = Event("created", Old);
        Assert.True(own.Facts.IsTest);

        var told = NewestState.Tell(Later(own, "updated", goesHere: true), Event("updated", New)).Lead;

        Assert.Equal((own.Id, own.Source, "created", own.ReceivedAt, own.Subject), (told.Id, told.Source, told.Event, told.ReceivedAt, told.Subject));
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

    private static string? Told(LeadDelivery delivery, Lead newest) => NewestState.Tell(delivery, newest).Lead.Content.Offer;

    private static LeadDelivery Later(Lead lead, string eventName, bool goesHere) => Shipping.Of(lead) with { Later = [new LaterEvent(eventName, goesHere)] };

    private static Lead Event(string eventName, string body) => Posted.Lead(body) with { Source = Sources.Bookings, Event = eventName, Subject = new LeadSubject(new LeadId(Guid.NewGuid()), EventOrder.FromStored(1)) };
}
