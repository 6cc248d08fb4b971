using LeadFunctions.Leads;
using LeadFunctions.Tests.Appointments;
using LeadFunctions.Tests.Destinations.Webhook;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>A mail that waits for what another system answers, with that system away for a while.</summary>
public sealed class ChainTests
{
    [Fact]
    public async Task What_is_posted_again_while_Zoom_is_down_makes_no_second_mail_and_what_is_cancelled_meanwhile_none()
    {
        await using var zoom = await FakeZoom.StartAsync();
        await using var rig = await StartAsync(zoom);
        using var time = new PassingTime(rig);
        zoom.Always = Fault.Status(503, "Zoom is down");
        foreach (var name in new[] { "kept", "gone" })
        {
            await rig.App.BookAsync("created", SampleAppointment.Body(name, $"{name}@contoso.com"));
            await time.PassAsync(TimeSpan.FromMinutes(20));
            Assert.All((await rig.App.BookAsync("created", SampleAppointment.Body(name, $"{name}@contoso.com"))).Leads, lead => Assert.True(lead.Duplicate));
        }

        await rig.App.BookAsync("cancelled", """{"Id":"AAMk-gone"}""");
        await time.PassAsync(TimeSpan.FromMinutes(20));
        zoom.Always = null;
        await time.PassAsync(TimeSpan.FromDays(2));
        await rig.App.BookAsync("created", SampleAppointment.Body("kept", "kept@contoso.com"));
        await time.PassAsync(TimeSpan.FromHours(1));

        Assert.Single(zoom.Meetings);
        var mail = Assert.Single(rig.Mail.Mails, mail => !mail.To.Contains("sales@fabrikam.example"));
        Assert.Equal("kept@contoso.com", Assert.Single(mail.To));
        Assert.EndsWith(": " + FakeZoom.LinkOf(1), mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_Zoom_down_for_an_hour_each_customer_gets_one_mail_with_his_own_link()
    {
        const int Customers = 12;
        await using var zoom = await FakeZoom.StartAsync();
        await using var rig = await StartAsync(zoom);
        using var time = new PassingTime(rig);
        zoom.Always = Fault.Status(503, "Zoom is down");
        var leads = new List<Guid>();
        for (var number = 0; number < Customers; number++)
        {
            leads.Add((await SampleAppointment.BookAsync(rig.App, $"Service {number}", $"customer{number}@contoso.com")).Id.Value);
            await time.PassAsync(TimeSpan.FromHours(1) / Customers);
        }

        Assert.Empty(rig.Mail.Requests);
        zoom.Always = null;
        await time.PassAsync(TimeSpan.FromDays(2), () => rig.Mail.Mails.Count == Customers);
        await time.PassAsync(TimeSpan.FromDays(1));

        Assert.Equal(Customers, zoom.Meetings.Count);
        Assert.Equal(Customers, rig.Mail.Requests.Count);
        var links = zoom.Meetings.Select((meeting, index) => (Topic: meeting["topic"]!.GetValue<string>(), Link: FakeZoom.LinkOf(index + 1))).ToDictionary(meeting => meeting.Topic, meeting => meeting.Link);
        for (var number = 0; number < Customers; number++)
        {
            var mail = Assert.Single(rig.Mail.Mails, mail => mail.To.Contains($"customer{number}@contoso.com"));
            Assert.EndsWith(": " + links[$"Service {number}"], mail.Text, StringComparison.Ordinal);
        }

        var first = await rig.WaitForStatusAsync(leads[0], "zoom", "delivered");
        Assert.Contains("Zoom is down", first.GetProperty("attempts").EnumerateArray().First().GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_moved_while_Zoom_is_down_gets_a_meeting_and_a_mail_at_the_new_time()
    {
        await using var zoom = await FakeZoom.StartAsync();
        await using var rig = await StartAsync(zoom);
        using var time = new PassingTime(rig);
        zoom.Always = Fault.Status(503, "Zoom is down");
        var lead = await SampleAppointment.BookAsync(rig.App);
        await time.PassAsync(TimeSpan.FromMinutes(20));
        await rig.App.BookAsync("updated", Moved);

        var page = await PageAsync(rig.App, lead);
        Assert.Contains("2026-12-05T15:00:00Z", page[page.IndexOf("What would be sent now, zoom", StringComparison.Ordinal)..], StringComparison.Ordinal);

        zoom.Always = null;
        await time.PassAsync(TimeSpan.FromDays(2));

        Assert.Equal("2026-12-05T15:00:00Z", Assert.Single(zoom.Meetings)["start_time"]!.GetValue<string>());
        Assert.Contains("we meet at 2026-12-05 15:00 (UTC): " + FakeZoom.LinkOf(1), Assert.Single(rig.Mail.Mails).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_welcome_of_a_creation_that_comes_after_its_update_has_the_new_time()
    {
        await using var zoom = await FakeZoom.StartAsync();
        await using var rig = await StartAsync(zoom);
        using var time = new PassingTime(rig);

        await rig.App.BookAsync("updated", Moved);
        await SampleAppointment.BookAsync(rig.App);
        await time.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("2026-12-05T15:00:00Z", Assert.Single(zoom.Meetings)["start_time"]!.GetValue<string>());
        Assert.Contains("we meet at 2026-12-05 15:00 (UTC)", Assert.Single(rig.Mail.Mails).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_be_sent_now_of_an_appointment_that_was_cancelled_is_nothing()
    {
        await using var zoom = await FakeZoom.StartAsync();
        await using var rig = await StartAsync(zoom);
        using var time = new PassingTime(rig);
        zoom.Always = Fault.Status(503, "Zoom is down");
        var lead = await SampleAppointment.BookAsync(rig.App);
        await time.PassAsync(TimeSpan.FromMinutes(20));
        Assert.DoesNotContain("Not sent: it has been cancelled since.", await PageAsync(rig.App, lead), StringComparison.Ordinal);

        await rig.App.BookAsync("cancelled", """{"Id":"AAMk-Consulting"}""");

        Assert.Contains("Not sent: it has been cancelled since.", await PageAsync(rig.App, lead), StringComparison.Ordinal);
    }

    private static string Moved => AppointmentPosts.Changed(SampleAppointment.Body("Consulting", "someone@contoso.com"), ("StartTime", "2026-12-05T15:00:00Z"), ("EndTime", "2026-12-05T15:30:00Z"));

    private static async Task<string> PageAsync(LeadApp app, Lead lead)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{lead.Id}");
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static Task<DeliveryRig> StartAsync(FakeZoom zoom) => DeliveryRig.StartAsync(rig => Recipe.Read("zoom-meeting")
        .At(zoom, "Destinations:zoom:Url", "Destinations:zoom:OAuth:TokenUrl")
        .With("Destinations:welcome:Host", rig.Mail.Url.ToString())
        .With("Destinations:welcome:ApiKey", rig.MailSettings.Single(setting => setting.Key.EndsWith(":ApiKey", StringComparison.Ordinal)).Value)
        .With("Destinations:mail:Sources", "marketplace")
        .Settings);
}
