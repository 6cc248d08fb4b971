using System.Text.Json.Nodes;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Appointments;

/// <summary>What flows may send, from the post to the rows and mails: odd casing, nulls, blanks, numbers as texts, times in any form, people in a list twice.</summary>
public sealed class OddPayloadTests
{
    [Fact]
    public async Task Whatever_the_casing_and_the_blanks_the_row_and_the_mail_are_right()
    {
        await using var scene = await BookedScene.StartAsync();

        await scene.PostAsync("Created", """
            {"ID":"odd-1","serviceNAME":"  Beratung — für Zoë 😀 ","STARTTIME":"2027-02-01T09:00:00","endTime":null,"duration":"45","customerNAME":"Zoë van der Ångström","CUSTOMERemail":" ZOE@contoso.example ",
             "customerphone":"","CustomerNotes":" ","customerTimeZone":"Europe/Berlin","customers":[],"staffmembers":[{"displayName":"李小龙"},null,{}],"maxattendeescount":"1","filledAttendeesCount":null,
             "isSmsNotificationsEnabled":"false","customQuestionAnswers":[{"question":"Company","answer":"Ångström & Söhne"},null],"TrackingData":null,"something":{"New":[1,"2"]}}
            """);

        var row = scene.Row("van der Ångström");
        Assert.Equal(
            ("Zoë", "Ångström & Söhne", "ZOE@contoso.example", "Beratung — für Zoë 😀 (booked)"),
            (row["firstname"]!.GetValue<string>(), row["companyname"]!.GetValue<string>(), row["emailaddress1"]!.GetValue<string>(), row["subject"]!.GetValue<string>()));
        var description = row["description"]!.GetValue<string>();
        Assert.Contains("Start: 2027-02-01 10:00 (Europe/Berlin)", description, StringComparison.Ordinal);
        Assert.Contains("End: 2027-02-01 10:45 (Europe/Berlin)", description, StringComparison.Ordinal);
        Assert.Contains("Staff: 李小龙", description, StringComparison.Ordinal);
        Assert.Equal(["created ZOE@contoso.example"], scene.Mails);
        Assert.Empty(scene.Crm.MissingRequired);
    }

    [Theory]
    [InlineData("2027-02-01T09:00:00")]
    [InlineData("2027-02-01T09:00:00Z")]
    [InlineData("2027-02-01T10:00:00+01:00")]
    [InlineData("2027-02-01T09:00:00.0000000")]
    [InlineData("2027-02-01T09:00:00.0000000Z")]
    [InlineData("2027-02-01 09:00")]
    [InlineData("02/01/2027 09:00:00")]
    [InlineData("2/1/2027 9:00:00 AM")]
    [InlineData("Mon, 01 Feb 2027 09:00:00 GMT")]
    [InlineData("Monday, February 1, 2027 9:00 AM")]
    [InlineData("01.02.2027 09:00")]
    [InlineData("2027-02-01T09:00:00.0000000 UTC")]
    public async Task A_time_is_read_in_many_forms(string start)
    {
        await using var scene = await BookedScene.StartAsync();

        await scene.PostAsync("created", AppointmentPosts.Changed("""{"Id":"t","CustomerName":"Ana"}""", ("StartTime", start)));

        Assert.Contains("Start: 2027-02-01 09:00 (UTC)", scene.Row("Ana")["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("09:30")]
    [InlineData("1.5")]
    public async Task A_time_that_can_t_be_told_is_shown_as_it_came(string start)
    {
        await using var scene = await BookedScene.StartAsync();

        await scene.PostAsync("created", AppointmentPosts.Changed("""{"Id":"t","CustomerName":"Ana"}""", ("StartTime", start)));

        Assert.Contains($"Start: {start}", scene.Row("Ana")["description"]!.GetValue<string>().Split('\n'));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("\"1\"")]
    [InlineData("\" 1.0 \"")]
    public async Task A_number_of_seats_is_a_number_however_it_is_written(string seats)
    {
        await using var scene = await BookedScene.StartAsync();

        await scene.PostAsync("created", $$"""{"Id":"t","MaxAttendeesCount":{{seats}},"FilledAttendeesCount":{{seats}},"Customers":[{"Email":"ana@contoso.example"}]}""");
        await scene.PostAsync("cancelled", """{"Id":"t","CustomerName":"Ana Lopez"}""");

        Assert.Equal(["Lopez: cancelled"], scene.Rows);
    }

    [Theory]
    [InlineData("""{"CustomerId":"1","CustomerNotes":"private"}""")]
    [InlineData("""{"CustomerEmail":"org@contoso.example","CustomerPhone":"private"}""")]
    [InlineData("""{"CustomerName":"Org","CustomerPhone":"private"}""")]
    [InlineData("""{"CustomerName":"Org","CustomerEmail":"ana@contoso.example","CustomerNotes":"private"}""")]
    [InlineData("""{"UserDetails":{"Email":"org@contoso.example","Company":"private"}}""")]
    public async Task What_the_top_says_of_somebody_else_is_not_the_customer_s_of_a_list_of_one(string top)
    {
        await using var scene = await BookedScene.StartAsync();
        var ana = JsonNode.Parse("""[{"Id":"2","Name":"Ana Lopez","Email":"ana@contoso.example"}]""");

        await scene.PostAsync("created", AppointmentPosts.Changed(top, ("Id", "t"), ("Customers", ana)));

        var lead = Assert.Single((await scene.App.Store.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items).Lead;
        Assert.DoesNotContain("private", lead.Content.Root.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Org", lead.Content.Root.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["created ana@contoso.example"], scene.Mails);
    }

    [Fact]
    public async Task What_the_top_says_of_the_same_customer_is_theirs()
    {
        await using var scene = await BookedScene.StartAsync();

        await scene.PostAsync("created", """{"Id":"t","CustomerName":"Ana","CustomerEmail":"ANA@contoso.example","CustomerPhone":"+1 1","Customers":[{"Name":" ana ","Email":"ana@contoso.example"}]}""");

        Assert.Equal("+1 1", scene.Row("ana")["telephone1"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"Id":"m"}""", "(unknown)")]
    [InlineData("""{"CustomerName":"Ana"}""", "Ana")]
    [InlineData("""{"Id":"m","CustomerEmail":"ana.lopez@contoso.example"}""", "ana.lopez")]
    [InlineData("""{"Id":"m","Customers":[{"Email":"ana.lopez@contoso.example"}]}""", "ana.lopez")]
    [InlineData("""{"Id":"m","Customers":[{"Name":"Ana"}],"StaffMembers":[]}""", "Ana")]
    [InlineData("""{"Id":"m","Customers":[{"Notes":"Vegetarian"}]}""", "(unknown)")]
    [InlineData("""{"Id":"m","Customers":[null,{}],"CustomerName":"Ana"}""", "Ana")]
    [InlineData("""{"StartTime":"soon"}""", "(unknown)")]
    [InlineData("""{"Id":"m","UserDetails":{"LastName":"Lopez","Email":"ana@contoso.example"}}""", "Lopez")]
    [InlineData("""{"SelfServiceAppointmentId":"m","CustomerId":"c","CustomerEmail":"not an address"}""", "not an address")]
    public async Task Whatever_is_missing_there_is_one_row_that_the_CRM_takes(string body, string lastName)
    {
        await using var scene = await BookedScene.StartAsync();

        await scene.PostAsync("created", body);
        await scene.PostAsync("created", body);

        Assert.Equal([$"{lastName}: booked"], scene.Rows);
        Assert.Empty(scene.Crm.MissingRequired);
    }

    [Fact]
    public async Task A_list_of_one_is_one_row_and_one_mail_in_whatever_shape_the_events_come()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", """{"Id":"1","ServiceName":"S","Customers":[{"Id":"c","Name":"Ana Lopez","Email":"ana@contoso.example"}]}""");
        await scene.PostAsync("updated", """{"Id":"1","CustomerName":"Ana Lopez","CustomerEmail":"ANA@contoso.example","CustomerPhone":"+1 1"}""");
        await scene.PostAsync("updated", """{"Id":"1","StartTime":"2027-02-01T09:00:00Z"}""");

        await scene.PostAsync("cancelled", """{"Id":"1","MaxAttendeesCount":1,"Customers":[{"Email":"ana@contoso.example"}]}""");

        Assert.Equal(["Lopez: cancelled"], scene.Rows);
        Assert.Equal("+1 1", scene.Row("Lopez")["telephone1"]!.GetValue<string>());
        Assert.Equal(["cancelled ana@contoso.example", "created ana@contoso.example"], scene.Mails.Where(mail => !mail.StartsWith("updated", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_is_in_the_list_twice_is_one_customer_and_who_shares_an_address_is_not()
    {
        await using var scene = await BookedScene.StartAsync();

        var answer = await scene.PostAsync("created", """
            {"Id":"g","ServiceName":"S","MaxAttendeesCount":9,"Customers":[
              {"Id":"1","Name":"Ana Lopez","Email":"ana@contoso.example"},{"Id":"1","Name":"Ana Lopez","Email":"ana@contoso.example","Notes":"Twice"},{"Name":"ana  lopez","Email":"ANA@contoso.example"},
              {"Id":"2","Name":"Bo Lopez","Email":"ana@contoso.example"},{"Id":"2","Email":"bo@contoso.example"}]}
            """);

        Assert.Equal(2, answer.Leads.Count);
        Assert.Equal(["Ana", "Bo"], scene.Crm.Rows.Values.Select(row => row["firstname"]!.GetValue<string>()).Order());
        Assert.Equal(["created ana@contoso.example", "created ana@contoso.example"], scene.Mails);
        Assert.Contains(scene.Crm.Rows.Values, row => row["description"]!.GetValue<string>().Contains("Customer notes: Twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_creation_told_again_days_and_months_later_welcomes_nobody_twice_whatever_happened_since()
    {
        var time = new ManualTime();
        await using var scene = await BookedScene.StartAsync(time);
        var body = AppointmentPosts.Changed(AppointmentPosts.Group, ("StartTime", "2027-09-01T09:00:00Z"), ("EndTime", "2027-09-01T10:00:00Z"));
        await scene.PostAsync("created", body);
        foreach (var days in new[] { 2, 100, 30 })
        {
            time.Advance(TimeSpan.FromDays(days));
            Assert.All((await scene.PostAsync("created", AppointmentPosts.Changed(body, ("LastUpdatedDateTime", time.GetUtcNow().ToString("O")), ("FilledAttendeesCount", days)))).Leads, lead => Assert.True(lead.Duplicate));
        }

        await scene.PostAsync("updated", AppointmentPosts.Changed(body, ("ServiceName", "Moved")));
        time.Advance(TimeSpan.FromDays(3));
        await scene.PostAsync("created", body);
        await scene.PostAsync("cancelled", """{"Id":"AAMkADGroupAAA="}""");
        time.Advance(TimeSpan.FromDays(3));
        await scene.PostAsync("created", body);
        await scene.PostAsync("cancelled", """{"Id":"AAMkADGroupAAA="}""");

        Assert.Equal(["Langer: cancelled", "Wilber: cancelled"], scene.Rows);
        Assert.Equal(["cancelled alex@tailspin.example", "cancelled isaiah@wingtip.example", "created alex@tailspin.example", "created isaiah@wingtip.example", "updated alex@tailspin.example", "updated isaiah@wingtip.example"], scene.Mails);
    }

    [Theory]
    [InlineData("""{"Id":"AAMkADKnAAA="}""")]
    [InlineData("""{"Id":"AAMkADKnAAA=","CustomerEmail":"adele.vance@proseware.example","CancelReason":"Ill"}""")]
    [InlineData(null)]
    public async Task Cancelled_before_it_was_created_it_is_cancelled_with_one_mail_and_no_welcome(string? cancelled)
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("cancelled", cancelled ?? AppointmentPosts.OneToOne);
        await scene.PostAsync("created", AppointmentPosts.OneToOne);
        await scene.PostAsync("created", AppointmentPosts.OneToOne);

        Assert.Equal(["Vance: cancelled"], scene.Rows);
        Assert.Equal("Adele", scene.Row("Vance")["firstname"]!.GetValue<string>());
        Assert.Equal(["cancelled adele.vance@proseware.example"], scene.Mails);
    }
}
