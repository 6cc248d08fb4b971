using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Destinations.Routing;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class SampleLeadsTests
{
    [Theory]
    [InlineData("", "", "marketplace , bookings created, bookings updated, bookings cancelled")]
    [InlineData("marketplace", "", "marketplace ")]
    [InlineData("bookings", "", "bookings created, bookings updated, bookings cancelled")]
    [InlineData("", "created", "bookings created")]
    [InlineData("bookings", "c*", "bookings created, bookings cancelled")]
    [InlineData("marketplace", "created", "marketplace ")]
    public void They_are_those_that_a_destination_takes(string sources, string events, string expected)
    {
        var route = new DestinationRoute("crm", List(sources), List(events), new Dictionary<string, IReadOnlyList<string>> { ["OfferTitle"] = ["x"] });

        Assert.Equal(expected, string.Join(", ", SampleLeads.Of(route).Select(lead => $"{lead.Source} {lead.Event}")));
    }

    [Fact]
    public void An_appointment_has_every_value_that_templates_may_use()
    {
        var sample = SampleLeads.Of(new DestinationRoute("crm", ["bookings"], ["cancelled"], new Dictionary<string, IReadOnlyList<string>>()))[0];

        Assert.All(new AppointmentTemplateModel(sample).Values(), value => Assert.False(string.IsNullOrEmpty(value.Value?.ToString()), value.Key));
    }

    private static string[] List(string text) => text.Length > 0 ? [text] : [];
}
