using LeadFunctions.Tests.Infrastructure;
using static LeadFunctions.Tests.Appointments.AppointmentPosts;

namespace LeadFunctions.Tests.Appointments;

/// <summary>Which of an appointment's events go where.</summary>
public sealed class AppointmentMailTests
{
    [Fact]
    public async Task A_welcome_mail_goes_to_the_customer_when_it_was_created_and_never_else()
    {
        using var folder = new TemporaryFolder();
        await using var app = await LeadApp.StartAsync(
        [
            ("Destinations:welcome:Kind", "MailDrop"), ("Destinations:welcome:Path", folder.File("mail")), ("Destinations:welcome:Sources", "bookings"), ("Destinations:welcome:Events", "created"),
            ("Destinations:welcome:To", "{{UserDetails.Email}}"), ("Destinations:welcome:Subject", "{{Appointment.ServiceName}} on {{Appointment.StartLocal}}"),
            ("Destinations:crm:Kind", "File"), ("Destinations:crm:Path", folder.File("crm.jsonl")),
        ]);

        Assert.Equal(["crm", "welcome"], await DestinationsAsync(app, "created", OneToOne));
        Assert.Equal(["crm"], await DestinationsAsync(app, "updated", OneToOne));
        Assert.Equal(["crm"], await DestinationsAsync(app, "cancelled", OneToOne));
        var marketplace = await app.AcceptAsync(Samples.Documented);
        Assert.Single((await app.Store.FindRunAsync(new(marketplace.LeadId)))!.Deliveries);
    }

    [Theory]
    [InlineData("Sources", "marketplace", 0)]
    [InlineData("Sources", "bookings", 1)]
    [InlineData("Events", "created,updated", 1)]
    [InlineData("Events", "c*", 1)]
    [InlineData("Events", "cancelled", 0)]
    [InlineData("When:ServiceName", "initial*", 1)]
    [InlineData("When:ServiceName", "Workshop", 0)]
    [InlineData("When:UserDetails.Email", "*@proseware.example", 1)]
    [InlineData("When:Lead.Source", "bookings", 1)]
    public async Task A_destination_can_be_limited(string key, string value, int expected)
    {
        using var folder = new TemporaryFolder();
        await using var app = await LeadApp.StartAsync([("Destinations:crm:Kind", "File"), ("Destinations:crm:Path", folder.File("crm.jsonl")), ($"Destinations:crm:{key}", value)]);

        Assert.Equal(expected, (await DestinationsAsync(app, "created", OneToOne)).Length);
    }

    private static async Task<string[]> DestinationsAsync(LeadApp app, string eventName, string body)
    {
        var answer = (await app.BookAsync(eventName, body)).Leads[0];
        return [.. (await app.Store.FindRunAsync(new(answer.LeadId)))!.Deliveries.Select(delivery => delivery.Destination).Order()];
    }
}
