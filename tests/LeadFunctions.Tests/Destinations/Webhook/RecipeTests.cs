using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Appointments;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Settings;

namespace LeadFunctions.Tests.Destinations.Webhook;

/// <summary>Each recipe of the documentation, run by the whole program against a server that holds it to its system's API.</summary>
public sealed class RecipeTests
{
    private const string SendGridKey = "your-sendgrid-key";

    /// <summary>What people and attackers put into leads, at lengths that no system takes.</summary>
    private static readonly string Nasty = JsonSerializer.Serialize(new
    {
        OfferTitle = "<!channel> [pay](https://thief.example) \"quoted\" \\ & = + \r\n" + new string('t', 400),
        Description = string.Concat(Enumerable.Repeat("日本語 😀 ", 4_000)),
        UserDetails = new { FirstName = new string('ф', 500), LastName = "O'Neill </b>", Email = "someone@contoso.com", Company = new string('c', 900), Title = new string('t', 500), Phone = new string('1', 90), Country = "DE" },
    });

    public static TheoryData<string> All => [.. Recipe.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_recipe_starts_as_it_stands(string name) =>
        Assert.Empty(Given.FaultsAtStart([.. Recipe.Read(name).Settings.Select(setting => (setting.Key, (string?)setting.Value))]));

    [Fact]
    public async Task Teams_gets_a_card_for_every_lead()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("teams-message").At(teams, "Destinations:teams:Url").Settings);

        await PostAllAsync(app);

        Assert.Equal(Bodies.Count, teams.Cards.Count);
        Assert.All(teams.Cards, card => Assert.Equal("New lead", Texts(card)[0]));
    }

    [Fact]
    public async Task Teams_is_told_what_became_of_an_appointment()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("teams-message").At(teams, "Destinations:teams:Url").Settings);

        await TellAppointmentsAsync(app);

        Assert.Equal(
            [
                ["Appointment booked", "Consulting", "Some One, (no company), someone@contoso.com", "2026-12-01 10:00 (UTC), Megan Bowen. Bring \"coffee\""],
                ["Appointment changed", "Consulting", "Some One, (no company), someone@contoso.com", "2026-12-05 15:00 (UTC), Megan Bowen. Bring \"coffee\""],
                ["Appointment cancelled", "Consulting", "Some One, (no company), someone@contoso.com", "2026-12-05 15:00 (UTC), Megan Bowen. Ill"],
            ],
            teams.Cards.Select(Texts));
    }

    [Fact]
    public async Task Slack_gets_a_message_for_every_lead_in_which_nothing_is_a_command()
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("slack-message").At(slack, "Destinations:slack:Url").Settings);

        await PostAllAsync(app);

        Assert.Equal(Bodies.Count, slack.Messages.Count);
        Assert.All(slack.Messages, message => Assert.Equal("New lead", message["text"]!.GetValue<string>()));
        Assert.All(slack.Messages.SelectMany(message => message["blocks"]!.AsArray()), block => Assert.Equal("plain_text", block!["text"]!["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Slack_is_told_what_became_of_an_appointment()
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("slack-message").At(slack, "Destinations:slack:Url").Settings);

        await TellAppointmentsAsync(app);

        Assert.Equal(
            [
                ["Appointment booked", "Consulting (booked)", "Some One, (no company), someone@contoso.com", "2026-12-01 10:00 (UTC), Megan Bowen. Bring \"coffee\""],
                ["Appointment changed", "Consulting (changed)", "Some One, (no company), someone@contoso.com", "2026-12-05 15:00 (UTC), Megan Bowen. Bring \"coffee\""],
                ["Appointment cancelled", "Consulting (cancelled)", "Some One, (no company), someone@contoso.com", "2026-12-05 15:00 (UTC), Megan Bowen. Ill"],
            ],
            slack.Messages.Select(message => new[] { message["text"]!.GetValue<string>() }.Concat(message["blocks"]!.AsArray().Select(block => block!["text"]!["text"]!.GetValue<string>())).ToArray()));
    }

    [Theory]
    [InlineData("slack-message", "slack")]
    [InlineData("teams-message", "teams")]
    public async Task An_appointment_that_says_hardly_anything_or_far_too_much_is_a_message_too(string recipe, string destination)
    {
        await using LoopbackServer server = destination == "slack" ? await FakeSlack.StartAsync() : await FakeTeams.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read(recipe).At(server, $"Destinations:{destination}:Url").Settings);

        foreach (var eventName in AppointmentEvents.All)
        {
            await DeliveredAsync(app, eventName, """{"Id":"bare"}""");
            await DeliveredAsync(app, eventName, NastyAppointment);
        }
    }

    [Fact]
    public async Task A_Slack_webhook_that_was_removed_is_a_dead_letter_with_Slacks_word_and_without_the_key()
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("slack-message").With("Destinations:slack:Url", "https://hooks.slack.com/services/T00000000/B00000000/removed-webhook").At(slack, "Destinations:slack:Url").Settings);

        var run = await app.WaitForStatusAsync((await app.AcceptAsync(Samples.Documented)).LeadId, "dead_letter");

        Assert.EndsWith("answered 404: no_service", Of(run, "slack").GetProperty("lastError").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("removed-webhook", run.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HubSpot_has_one_contact_for_each_address_with_what_was_said_last()
    {
        await using var hubSpot = await FakeHubSpot.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("hubspot-contact").At(hubSpot, "Destinations:hubspot:Url").Settings);

        await DeliveredAsync(app, """{"OfferTitle":"1","UserDetails":{"FirstName":"Some","LastName":"One","Email":"someone@contoso.com","Phone":"007"}}""");
        await DeliveredAsync(app, """{"OfferTitle":"2","UserDetails":{"LastName":"O'Neill \"x\"","Email":"someone@contoso.com"}}""");
        Assert.Empty((await app.RunAsync((await app.AcceptAsync("""{"OfferTitle":"3","UserDetails":{"LastName":"Nobody"}}""")).LeadId)).GetProperty("deliveries").EnumerateArray());

        var contact = Assert.Single(hubSpot.Contacts).Value;
        Assert.Equal(("Some", "O'Neill \"x\"", "007"), (contact["firstname"]!.GetValue<string>(), contact["lastname"]!.GetValue<string>(), contact["phone"]!.GetValue<string>()));
    }

    [Fact]
    public async Task HubSpot_has_one_contact_for_the_customer_of_an_appointment_whatever_becomes_of_it()
    {
        await using var hubSpot = await FakeHubSpot.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("hubspot-contact").At(hubSpot, "Destinations:hubspot:Url").Settings);

        await TellAppointmentsAsync(app);

        var contact = Assert.Single(hubSpot.Contacts).Value;
        Assert.Equal(("someone@contoso.com", "Some", "One"), (contact["email"]!.GetValue<string>(), contact["firstname"]!.GetValue<string>(), contact["lastname"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_contact_that_HubSpot_refuses_within_a_success_is_a_dead_letter()
    {
        await using var hubSpot = await FakeHubSpot.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("hubspot-contact").At(hubSpot, "Destinations:hubspot:Url").Settings);

        var run = await app.WaitForStatusAsync((await app.AcceptAsync("""{"OfferTitle":"1","UserDetails":{"LastName":"One","Email":"some one@contoso"}}""")).LeadId, "dead_letter");

        Assert.Contains("is invalid", Of(run, "hubspot").GetProperty("lastError").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Salesforce_would_make_a_lead_of_every_lead()
    {
        await using var salesforce = await FakeSalesforce.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("salesforce-web-to-lead").At(salesforce, "Destinations:salesforce:Url", "Destinations:appointments:Url").Settings);

        await PostAllAsync(app);

        Assert.Empty(salesforce.Faults);
        Assert.Equal(Bodies.Count, salesforce.Leads.Count);
        Assert.All(salesforce.Leads, lead => Assert.Equal("Microsoft marketplace", lead["lead_source"]));
    }

    [Fact]
    public async Task Salesforce_would_make_one_lead_of_an_appointment_and_it_says_what_was_booked_and_when()
    {
        await using var salesforce = await FakeSalesforce.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("salesforce-web-to-lead").At(salesforce, "Destinations:salesforce:Url", "Destinations:appointments:Url").Settings);

        await TellAppointmentsAsync(app);

        var lead = Assert.Single(salesforce.Leads);
        Assert.Equal(("Microsoft Bookings", "Consulting, 2026-12-01 10:00 (UTC). Bring \"coffee\"", "someone@contoso.com"), (lead["lead_source"], lead["description"], lead["email"]));
        await DeliveredAsync(app, "created", """{"Id":"bare"}""");
        await DeliveredAsync(app, "created", NastyAppointment);
        Assert.Empty(salesforce.Faults);
    }

    [Fact]
    public async Task Stripe_makes_one_link_though_its_first_answer_is_lost_and_the_mail_has_it()
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var mail = await FakeSendGrid.StartAsync(SendGridKey);
        await using var app = await LeadApp.StartAsync([.. Recipe.Read("stripe-payment-link").At(stripe, "Destinations:pay:Url").With("Destinations:invoice:Host", mail.Url.ToString()).Settings, ("Delivery:RetrySchedule", "00:00:00")]);
        stripe.FailNext(Fault.ResetAfterHandling);

        var lead = await SampleAppointment.BookAsync(app);
        await app.WaitForStatusAsync(lead.Id.Value, "delivered");

        Assert.Equal((1, 2), (stripe.Links, stripe.Requests.Count));
        var sent = Assert.Single(mail.Mails);
        Assert.Equal(("Please pay for your appointment: Consulting", "someone@contoso.com"), (sent.Subject, Assert.Single(sent.To)));
        Assert.EndsWith("please pay here: https://buy.stripe.com/test_1", sent.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_appointment_that_changes_after_Stripes_answer_was_lost_has_one_link_and_one_mail()
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var mail = await FakeSendGrid.StartAsync(SendGridKey);
        await using var app = await LeadApp.StartAsync([.. Recipe.Read("stripe-payment-link").At(stripe, "Destinations:pay:Url").With("Destinations:invoice:Host", mail.Url.ToString()).Settings, ("Delivery:RetrySchedule", "01:00:00")]);
        stripe.FailNext(Fault.ResetAfterHandling);
        var lead = (await SampleAppointment.BookAsync(app)).Id.Value;
        await app.WaitForRunAsync(lead, run => Of(run, "pay").GetProperty("attempts").GetArrayLength() == 1);

        await app.BookAsync("updated", AppointmentPosts.Changed(Booked, ("ServiceName", "Longer consulting"), ("StartTime", "2026-12-05T15:00:00Z"), ("EndTime", "2026-12-05T15:30:00Z")));
        await app.Store.ResubmitAsync(new LeadId(lead), "pay", false, "anna", DateTimeOffset.UtcNow);
        await app.WaitForStatusAsync(lead, "delivered");

        Assert.Equal((1, 2), (stripe.Links, stripe.Requests.Count));
        Assert.Equal("Please pay for your appointment: Longer consulting", Assert.Single(mail.Mails).Subject);
    }

    [Fact]
    public async Task A_price_that_Stripe_does_not_know_is_a_dead_letter_and_so_is_the_mail_that_waits()
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var mail = await FakeSendGrid.StartAsync(SendGridKey);
        await using var app = await LeadApp.StartAsync(Recipe.Read("stripe-payment-link").With("Destinations:pay:Form:line_items[0][price]", "none").At(stripe, "Destinations:pay:Url").With("Destinations:invoice:Host", mail.Url.ToString()).Settings);

        var run = await app.WaitForStatusAsync((await SampleAppointment.BookAsync(app)).Id.Value, "dead_letter");

        Assert.Contains("No such price: 'none'", Of(run, "pay").GetProperty("lastError").GetString(), StringComparison.Ordinal);
        Assert.Equal("dead_letter", Of(run, "invoice").GetProperty("status").GetString());
        Assert.Empty(mail.Requests);
    }

    [Fact]
    public async Task Zoom_makes_a_meeting_and_the_welcome_mail_has_its_link()
    {
        await using var zoom = await FakeZoom.StartAsync();
        await using var mail = await FakeSendGrid.StartAsync(SendGridKey);
        await using var app = await LeadApp.StartAsync(Recipe.Read("zoom-meeting").At(zoom, "Destinations:zoom:Url", "Destinations:zoom:OAuth:TokenUrl").With("Destinations:welcome:Host", mail.Url.ToString()).Settings);

        var run = await app.WaitForStatusAsync((await SampleAppointment.BookAsync(app)).Id.Value, "delivered");

        var meeting = Assert.Single(zoom.Meetings);
        Assert.Equal(("Consulting", "2026-12-01T10:00:00Z", "Bring \"coffee\""), (meeting["topic"]!.GetValue<string>(), meeting["start_time"]!.GetValue<string>(), meeting["agenda"]!.GetValue<string>()));
        var sent = Assert.Single(mail.Mails);
        Assert.EndsWith(": " + FakeZoom.LinkOf(1), sent.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"{FakeZoom.LinkOf(1).Replace("&", "&amp;", StringComparison.Ordinal)}\"", sent.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("the-hosts-own-key", run.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Id":"class","ServiceName":"Class","StartTime":"2026-12-01T10:00:00Z","JoinWebURL":"https://teams.example/class","MaxAttendeesCount":20,"Customers":[{"Name":"A A","Email":"a@contoso.com"},{"Name":"B B","Email":"b@contoso.com"},{"Name":"C C","Email":"c@contoso.com"}]}""", 3, ": https://teams.example/class")]
    [InlineData("""{"Id":"class","ServiceName":"Class","StartTime":"2026-12-01T10:00:00Z","Customers":[{"Name":"A A","Email":"a@contoso.com"},{"Name":"B B","Email":"b@contoso.com"}]}""", 2, "(UTC)")]
    [InlineData("""{"Id":"class","ServiceName":"Class","StartTime":"2026-12-01T10:00:00Z","MaxAttendeesCount":"2","CustomerName":"A A","CustomerEmail":"a@contoso.com"}""", 1, "(UTC)")]
    public async Task The_customers_of_a_class_get_the_link_that_Bookings_gives_and_no_meetings_of_their_own(string body, int customers, string end)
    {
        await using var zoom = await FakeZoom.StartAsync();
        await using var mail = await FakeSendGrid.StartAsync(SendGridKey);
        await using var app = await LeadApp.StartAsync(Recipe.Read("zoom-meeting").At(zoom, "Destinations:zoom:Url", "Destinations:zoom:OAuth:TokenUrl").With("Destinations:welcome:Host", mail.Url.ToString()).Settings);

        await DeliveredAsync(app, "created", body);

        Assert.Empty(zoom.Meetings);
        Assert.Equal(customers, mail.Mails.Count);
        Assert.All(mail.Mails, sent => Assert.EndsWith(end, sent.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lead_that_is_no_appointment_makes_no_meeting()
    {
        await using var zoom = await FakeZoom.StartAsync();
        await using var app = await LeadApp.StartAsync(Recipe.Read("zoom-meeting").At(zoom, "Destinations:zoom:Url", "Destinations:zoom:OAuth:TokenUrl").Settings);

        Assert.Empty((await app.RunAsync((await app.AcceptAsync(Samples.Documented)).LeadId)).GetProperty("deliveries").EnumerateArray());
    }

    private static string Booked => AppointmentPosts.Changed(SampleAppointment.Body("Consulting", "someone@contoso.com"), ("StaffMembers", new JsonArray(new JsonObject { ["DisplayName"] = "Megan Bowen" })));

    private static string NastyAppointment => AppointmentPosts.Changed(
        Nasty,
        ("Description", null), ("Id", new string('i', 900)), ("ServiceName", "<!channel> " + new string('s', 900)), ("StartTime", new string('9', 900)), ("CustomerNotes", string.Concat(Enumerable.Repeat("日本語 😀 ", 4_300))),
        ("CustomerEmail", "nasty@contoso.com"), ("StaffMembers", new JsonArray(new JsonObject { ["DisplayName"] = new string('m', 900) })));

    /// <summary>An appointment is booked, moved and cancelled.</summary>
    private static async Task TellAppointmentsAsync(LeadApp app)
    {
        await DeliveredAsync(app, "created", Booked);
        await DeliveredAsync(app, "updated", AppointmentPosts.Changed(Booked, ("StartTime", "2026-12-05T15:00:00Z"), ("EndTime", "2026-12-05T15:30:00Z")));
        await DeliveredAsync(app, "cancelled", """{"Id":"AAMk-Consulting","CancelReason":"Ill"}""");
    }

    private static async Task DeliveredAsync(LeadApp app, string eventName, string body)
    {
        foreach (var lead in (await app.BookAsync(eventName, body)).Leads)
        {
            await DeliveredAsync(app, lead.LeadId);
        }
    }

    /// <summary>The texts of a card from top to bottom.</summary>
    private static string[] Texts(JsonObject card) =>
        [.. card["body"]!.AsArray().Select(block => block!["text"]?.GetValue<string>() ?? string.Concat(block["inlines"]!.AsArray().Select(run => run!["text"]!.GetValue<string>())))];

    private static IReadOnlyList<string> Bodies =>
        [.. new[] { "lead.json", "lead-contact-me.json", "lead-do-not-contact.json", "lead-education.json", "lead-test.json" }.Select(Samples.Read), """{"LeadSource":"AzureMarketplace"}""", Nasty];

    private static async Task PostAllAsync(LeadApp app)
    {
        foreach (var body in Bodies)
        {
            await DeliveredAsync(app, body);
        }
    }

    private static async Task DeliveredAsync(LeadApp app, string body)
    {
        await DeliveredAsync(app, (await app.AcceptAsync(body)).LeadId);
    }

    private static async Task DeliveredAsync(LeadApp app, Guid lead)
    {
        var run = await app.WaitForRunAsync(lead, run => run.GetProperty("deliveries").EnumerateArray().All(delivery => delivery.GetProperty("status").GetString() is "delivered" or "dead_letter"));
        Assert.True(run.GetProperty("status").GetString() is "delivered" or "no_destination", run.GetProperty("deliveries").ToString());
    }

    private static JsonElement Of(JsonElement run, string destination) =>
        run.GetProperty("deliveries").EnumerateArray().Single(delivery => delivery.GetProperty("destination").GetString() == destination);
}
