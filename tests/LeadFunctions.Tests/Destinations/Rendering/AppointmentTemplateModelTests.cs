using System.Text;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class AppointmentTemplateModelTests
{
    private const string Content =
        """
        {"Id":"AAMk=","ServiceName":"Initial consultation","StartTime":"2026-12-01T09:30:00Z","EndTime":"2026-12-01T10:00:00Z","Duration":30,"CustomerTimeZone":"Pacific Standard Time",
        "CustomerNotes":"Two of us","JoinWebURL":"https://teams.example/1","StaffMembers":[{"DisplayName":"Megan Bowen"},{"EmailAddress":"lynne@contoso.example"}],
        "CustomQuestionAnswers":[{"Question":"Company size?","Answer":"200-500"}],"CancelReason":"Ill","Budget":"high",
        "UserDetails":{"FirstName":"Adele","LastName":"Vance","Email":"adele@proseware.example"}}
        """;

    [Theory]
    [InlineData("{{Appointment.Start}}", "2026-12-01 01:30 (Pacific Standard Time)")]
    [InlineData("{{Appointment.End}}", "2026-12-01 02:00 (Pacific Standard Time)")]
    [InlineData("{{Appointment.StartLocal}} {{Appointment.EndLocal}}", "2026-12-01T01:30:00-08:00 2026-12-01T02:00:00-08:00")]
    [InlineData("{{Appointment.StartUtc}} {{Appointment.EndUtc}}", "2026-12-01T09:30:00Z 2026-12-01T10:00:00Z")]
    [InlineData("{{Appointment.TimeZone}} {{Appointment.Duration}}", "Pacific Standard Time 30")]
    [InlineData("{{Appointment.ServiceName}} {{Appointment.Event}} {{Appointment.Status}}", "Initial consultation cancelled cancelled")]
    [InlineData("{{Appointment.StaffNames}}", "Megan Bowen, lynne@contoso.example")]
    [InlineData("{{Appointment.JoinUrl}} {{Appointment.Notes}} {{Appointment.CancelReason}} {{Appointment.Id}}", "https://teams.example/1 Two of us Ill AAMk=")]
    [InlineData("{{UserDetails.Email}} {{CustomerNotes}}", "adele@proseware.example Two of us")]
    public void Templates_see_what_follows_from_an_appointment(string template, string expected) => Assert.Equal(expected, Render(template, Content));

    [Theory]
    [InlineData("""{"StartTime":"2026-12-01T09:30:00"}""", "2026-12-01 09:30 (UTC)|2026-12-01T09:30:00Z|UTC")]
    [InlineData("""{"StartTime":"2026-12-01T09:30:00","CustomerTimeZone":"Nowhere"}""", "2026-12-01 09:30 (UTC)|2026-12-01T09:30:00Z|UTC")]
    [InlineData("""{"StartTime":"next week"}""", "next week||UTC")]
    [InlineData("""{"StartTime":"0001-01-01T00:00:00","EndTime":"9999-12-31T23:59:59"}""", "||UTC")]
    [InlineData("{}", "||UTC")]
    public void What_can_t_be_told_is_left_as_it_came(string content, string expected) =>
        Assert.Equal(expected, Render("{{Appointment.Start}}|{{Appointment.StartUtc}}|{{Appointment.TimeZone}}", content));

    [Fact]
    public void A_row_says_by_default_what_the_appointment_is_and_where_it_stands()
    {
        var row = CrmRow.Of(Lead(Content, "updated"));

        Assert.Equal("Initial consultation (changed)", row["subject"]!.GetValue<string>());
        Assert.Equal(("Adele", "Vance"), (row["firstname"]!.GetValue<string>(), row["lastname"]!.GetValue<string>()));
        Assert.Equal(
            """
            Appointment: changed
            Service: Initial consultation
            Start: 2026-12-01 01:30 (Pacific Standard Time)
            End: 2026-12-01 02:00 (Pacific Standard Time)
            Duration (minutes): 30
            Staff: Megan Bowen, lynne@contoso.example
            Customer notes: Two of us
            Cancel reason: Ill
            Join link: https://teams.example/1
            Company size?: 200-500
            Appointment id: AAMk=
            Budget: high
            """,
            row["description"]!.GetValue<string>());
    }

    [Fact]
    public void A_mail_says_by_default_who_when_and_all_the_rest()
    {
        var mail = Written.Mail(Lead(Content, "created"));

        Assert.Equal("Appointment booked: Initial consultation - 2026-12-01 01:30 (Pacific Standard Time)", mail.Subject);
        Assert.All(["Email: adele@proseware.example", "Start: 2026-12-01 01:30", "Budget: high"], line => Assert.Contains(line, mail.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("StaffMembers", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_is_marked_as_it_is_with_leads() =>
        Assert.StartsWith("[TEST] ", CrmRow.Of(Lead("""{"Id":"1","ServiceName":"MSFT_TEST_1"}""", "created"))["subject"]!.GetValue<string>(), StringComparison.Ordinal);

    [Fact]
    public void Leads_of_the_marketplace_have_no_appointment() =>
        Assert.Equal("no", LeadTemplate.Text("{{#if Appointment}}yes{{else}}no{{/if}}").Render(new LeadTemplateModel(Posted.Lead(Samples.Documented))));

    private static string Render(string template, string content) => LeadTemplate.Text(template).Render(new LeadTemplateModel(Lead(content, "cancelled")));

    private static Lead Lead(string content, string eventName) => new(LeadId.New(Posted.At), Sources.Bookings, eventName, Posted.At, new LeadContent(Encoding.UTF8.GetBytes(content)));
}
