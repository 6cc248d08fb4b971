using LeadFunctions.Destinations.Routing;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Leads;

namespace LeadFunctions.Tests.Destinations.Routing;

public sealed class DestinationRouteTests
{
    private static readonly Lead German = TestLead.Of("""{"UserDetails":{"Country":"DE","Age":5},"LeadSource":"SPZA-PLT|contoso.widgets-pro","a.b":"x"}""");

    [Fact]
    public void Empty_lists_take_everything() => Assert.True(Route().Takes(German));

    [Theory]
    [InlineData("marketplace", true)]
    [InlineData("Marketplace", true)]
    [InlineData("bookings", false)]
    public void A_source_that_is_not_listed_goes_elsewhere(string source, bool taken) =>
        Assert.Equal(taken, Route(sources: [source]).Takes(German));

    [Fact]
    public void Events_are_compared_with_the_leads_event()
    {
        var route = Route(events: ["created", "updated"]);

        Assert.True(route.Takes(TestLead.Of("""{"a":"b"}""", "Created")));
        Assert.False(route.Takes(TestLead.Of("""{"a":"b"}""", "cancelled")));
        Assert.False(route.Takes(German));
    }

    [Theory]
    [InlineData("UserDetails.Country", "DE", true)]
    [InlineData("UserDetails.Country", "de", true)]
    [InlineData("userdetails.country", "DE", true)]
    [InlineData("UserDetails.Country", "D", false)]
    [InlineData("UserDetails.Country", "D*", true)]
    [InlineData("UserDetails.Country", "*", true)]
    [InlineData("Lead.Action", "PLT", true)]
    [InlineData("lead.action", "plt", true)]
    [InlineData("Lead.Storefront", "SPZA", true)]
    [InlineData("Lead.OfferId", "contoso.*", true)]
    [InlineData("Lead.OfferId", "fabrikam.*", false)]
    [InlineData("Lead.Source", "marketplace", true)]
    [InlineData("Lead.IsTest", "false", true)]
    [InlineData("Lead.IsTest", "true", false)]
    [InlineData("Lead.DoNotContact", "False", true)]
    public void A_condition_holds_when_the_value_is_one_of_the_allowed(string property, string allowed, bool taken) =>
        Assert.Equal(taken, Route(when: [(property, [allowed])]).Takes(German));

    [Theory]
    [InlineData("""{"MaxAttendeesCount":1}""", "false")]
    [InlineData("""{"MaxAttendeesCount":20}""", "true")]
    [InlineData("""{"MaxAttendeesCount":"20"}""", "true")]
    [InlineData("""{"MaxAttendeesCount":"2.0"}""", "true")]
    [InlineData("""{"MaxAttendeesCount":1.0}""", "false")]
    [InlineData("""{"MaxAttendeesCount":1e999}""", "false")]
    [InlineData("""{"MaxAttendeesCount":"Infinity"}""", "false")]
    [InlineData("""{"MaxAttendeesCount":"many"}""", "false")]
    [InlineData("""{"ServiceName":"Consulting"}""", "false")]
    public void An_appointment_that_others_can_have_too_is_of_a_group(string body, string isGroup)
    {
        var lead = TestLead.Of(body, "created") with { Source = Sources.Bookings };

        Assert.True(Route(when: [("appointment.isGroup", [isGroup])]).Takes(lead));
        Assert.False(Route(when: [("Appointment.IsGroup", [isGroup == "true" ? "false" : "true"])]).Takes(lead));
        Assert.True(Route(when: [("Appointment.IsGroup", ["true"])]).Takes(lead with { SharedRow = new SharedRow(new LeadId(Guid.NewGuid()), EventOrder.FromStored(1)) { GroupId = new LeadId(Guid.NewGuid()) } }));
    }

    [Fact]
    public void The_marketplaces_leads_are_no_appointments_of_one_or_of_many() =>
        Assert.False(Route(when: [("Appointment.IsGroup", ["true", "false"])]).Takes(German));

    [Theory]
    [InlineData("UserDetails.Phone")]
    [InlineData("Nothing.Of.This.Kind")]
    [InlineData("UserDetails.Age")]
    public void A_missing_property_matches_not_even_the_star(string property) =>
        Assert.False(Route(when: [(property, ["*"])]).Takes(German));

    [Fact]
    public void Every_condition_must_hold_and_any_of_its_values_will_do()
    {
        Assert.True(Route(when: [("UserDetails.Country", ["AT", "CH", "DE"]), ("Lead.Action", ["PLT"])]).Takes(German));
        Assert.False(Route(when: [("UserDetails.Country", ["AT", "CH", "DE"]), ("Lead.Action", ["INS"])]).Takes(German));
    }

    private static DestinationRoute Route(string[]? sources = null, string[]? events = null, (string Property, string[] Allowed)[]? when = null) =>
        new("crm", sources ?? [], events ?? [], (when ?? []).ToDictionary(condition => condition.Property, condition => (IReadOnlyList<string>)condition.Allowed));
}
