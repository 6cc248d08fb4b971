namespace LeadFunctions.Tests.Appointments;

/// <summary>A creation that is posted again: what it says more is in the row, and the welcome goes out once.</summary>
public sealed class RepeatedCreationTests
{
    private const string Named = """{"Id":"1","ServiceName":"S","StartTime":"2027-02-01T09:00:00Z","CustomerName":"Ana Lopez"}""";

    [Fact]
    public async Task An_address_that_comes_later_is_in_the_row_and_gets_the_one_welcome()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Named);
        Assert.Empty(scene.Mails);
        var full = AppointmentPosts.Changed(Named, ("CustomerEmail", "ana@contoso.example"), ("CustomerPhone", "+1 1"));

        var answer = await scene.PostAsync("created", full);
        Assert.All([await scene.PostAsync("created", Named), await scene.PostAsync("created", full)], again => Assert.True(Assert.Single(again.Leads).Duplicate));

        Assert.False(Assert.Single(answer.Leads).Duplicate);
        Assert.Equal(["created ana@contoso.example"], scene.Mails);
        Assert.Equal(["Lopez: booked"], scene.Rows);
        var row = scene.Row("Lopez");
        Assert.Equal(("ana@contoso.example", "+1 1"), (row["emailaddress1"]!.GetValue<string>(), row["telephone1"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("updated", "changed")]
    [InlineData("cancelled", "cancelled")]
    public async Task So_it_is_when_something_happened_in_between(string eventName, string state)
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Named);
        await scene.PostAsync(eventName, """{"Id":"1"}""");

        await scene.PostAsync("created", AppointmentPosts.Changed(Named, ("CustomerEmail", "ana@contoso.example")));

        Assert.Equal([$"Lopez: {state}"], scene.Rows);
        Assert.Equal("ana@contoso.example", scene.Row("Lopez")["emailaddress1"]!.GetValue<string>());
        Assert.Equal(eventName == "updated" ? ["created ana@contoso.example", "updated ana@contoso.example"] : ["cancelled ana@contoso.example"], scene.Mails);
    }

    [Fact]
    public async Task What_it_says_more_and_anew_is_told_to_the_row_and_not_to_people()
    {
        await using var scene = await BookedScene.StartAsync();
        var addressed = AppointmentPosts.Changed(Named, ("CustomerEmail", "ana@contoso.example"));
        await scene.PostAsync("created", addressed);
        var more = AppointmentPosts.Changed(addressed, ("CustomerPhone", "+1 1"), ("StartTime", "2027-02-02T09:00:00Z"));

        var answer = await scene.PostAsync("created", more);
        Assert.All([await scene.PostAsync("created", addressed), await scene.PostAsync("created", more)], again => Assert.True(Assert.Single(again.Leads).Duplicate));

        Assert.False(Assert.Single(answer.Leads).Duplicate);
        Assert.Equal(["created ana@contoso.example"], scene.Mails);
        var row = scene.Row("Lopez");
        Assert.Equal("+1 1", row["telephone1"]!.GetValue<string>());
        Assert.Contains("Start: 2027-02-02 09:00 (UTC)", row["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Id":"1","Customers":[{"Id":"c","Name":"Ana Lopez","Email":"ana@contoso.example"}]}""", """{"Id":"1","Customers":[{"Id":"c"}]}""")]
    [InlineData("""{"Id":"1","MaxAttendeesCount":1,"CustomerId":"c","CustomerName":"Ana Lopez","CustomerEmail":"ana@contoso.example"}""", """{"Id":"1","Customers":[{"Id":"c"}]}""")]
    [InlineData("""{"Id":"1","CustomerName":"Ana Lopez","CustomerEmail":"ana@contoso.example"}""", """{"Id":"1","Customers":[{"Name":"Ana Lopez"}]}""")]
    [InlineData("""{"Id":"1","CustomerName":"Ana Lopez","CustomerEmail":"ana@contoso.example"}""", """{"Id":"1"}""")]
    public async Task Named_less_fully_the_customer_is_welcomed_once_whichever_came_first(string fully, string less)
    {
        foreach (var order in new[] { new[] { fully, less, less }, [less, fully, less], [less, less, fully, less] })
        {
            await using var scene = await BookedScene.StartAsync();
            foreach (var body in order)
            {
                await scene.PostAsync("created", body);
            }

            Assert.Equal(["created ana@contoso.example"], scene.Mails);
            Assert.Equal(["Lopez: booked"], scene.Rows);
        }
    }
}
