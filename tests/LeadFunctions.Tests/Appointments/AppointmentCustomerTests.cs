using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Appointments;

/// <summary>Whose event it is: the connector names customers more or less, at any place of a list, and in two forms.</summary>
public sealed class AppointmentCustomerTests
{
    private const string Alone = """{"Id":"1","CustomerId":"c","CustomerName":"Adele Vance","CustomerEmail":"Adele@contoso.example"}""";
    private const string Listed = """{"Id":"1","Customers":[{"Id":"c","Name":"Adele Vance","Email":" adele@contoso.example "}]}""";
    private const string Both = """{"Id":"1","MaxAttendeesCount":9,"Customers":[{"Name":"Adele Vance","Email":"a@contoso.example"},{"Name":"Alex Wilber","Email":"b@contoso.example"}]}""";

    [Theory]
    [InlineData(Listed, """{"Id":"1","Customers":[{"Email":"ADELE@contoso.example"}]}""")]
    [InlineData("""{"Id":"1","MaxAttendeesCount":9,"Customers":[{"Id":"c","Name":"A"}]}""", """{"Id":"1","MaxAttendeesCount":9,"Customers":[{"Id":"c"}]}""")]
    [InlineData("""{"Id":"1","MaxAttendeesCount":9,"Customers":[{"Name":"Adele  VANCE"}]}""", """{"Id":"1","MaxAttendeesCount":9,"Customers":[{"Name":"adele vance"}]}""")]
    [InlineData(Alone, Listed)]
    [InlineData(Listed, Alone)]
    [InlineData(Alone, """{"Id":"1","Customers":[{"Id":"c"}]}""")]
    [InlineData(Alone, """{"Id":"1","MaxAttendeesCount":"1","Customers":[{"Name":"Adele"}]}""")]
    public async Task The_same_customer_is_one_row(string created, string cancelled)
    {
        await using var app = await LeadApp.StartAsync();

        var first = await app.LeadAsync((await app.BookAsync("created", created)).Leads[0]);
        var then = await app.LeadAsync((await app.BookAsync("cancelled", cancelled)).Leads[0]);

        Assert.Equal(first.RowId, then.RowId);
        Assert.Equal((await app.BookAsync("created", created)).Leads, [new LeadAnswer(first.Id.Value, true)]);
    }

    [Fact]
    public async Task The_place_in_the_list_is_nobodys()
    {
        await using var app = await LeadApp.StartAsync();
        var created = await app.BookAsync("created", """{"Id":"1","Customers":[{"Name":"Adele Vance"},{"Name":"Alex Wilber"},{"Phone":"1"}]}""");

        var cancelled = await app.BookAsync("cancelled", """{"Id":"1","MaxAttendeesCount":9,"Customers":[{"Name":"Alex Wilber"}]}""");
        var nameless = await app.BookAsync("updated", """{"Id":"1","Customers":[{"Name":"Adele Vance"},{"Name":"Alex Wilber"},{"Notes":"Vegetarian"}]}""");

        Assert.Equal((await app.LeadAsync(created.Leads[1])).RowId, (await app.LeadAsync(cancelled.Leads[0])).RowId);
        Assert.Null((await app.LeadAsync(nameless.Leads[2])).Content.Text("UserDetails", "Phone"));
    }

    [Fact]
    public async Task People_who_share_an_address_are_two()
    {
        await using var app = await LeadApp.StartAsync();

        var answer = await app.BookAsync("created", Both.Replace("b@", "A@", StringComparison.Ordinal));

        Assert.All(answer.Leads, lead => Assert.False(lead.Duplicate));
        Assert.NotEqual((await app.LeadAsync(answer.Leads[0])).RowId, (await app.LeadAsync(answer.Leads[1])).RowId);
    }

    [Theory]
    [InlineData("""{"CustomerName":"Dan","CustomerEmail":"dan@contoso.example"}""", """{"CustomerName":"Eve","CustomerEmail":"eve@contoso.example"}""")]
    [InlineData("""{"CustomerEmail":"dan@contoso.example"}""", """{"CustomerEmail":"eve@contoso.example"}""")]
    [InlineData("""{"CustomerName":"Dan","CustomerEmail":"home@contoso.example"}""", """{"CustomerName":"Eve","CustomerEmail":"home@contoso.example"}""")]
    [InlineData("""{"CustomerId":"1","CustomerName":"Dan","CustomerEmail":"home@contoso.example"}""", """{"CustomerId":"2","CustomerName":"Eve","CustomerEmail":"home@contoso.example"}""")]
    [InlineData("""{"MaxAttendeesCount":1,"Customers":[{"Id":"1","Name":"Dan","Email":"dan@contoso.example"}]}""", """{"MaxAttendeesCount":1,"Customers":[{"Id":"2","Name":"Eve","Email":"eve@contoso.example"}]}""")]
    [InlineData("""{"MaxAttendeesCount":9,"Customers":[{"Name":"Dan","Email":"home@contoso.example"}]}""", """{"MaxAttendeesCount":9,"Customers":[{"Name":"Eve","Email":"home@contoso.example"}]}""")]
    public async Task Who_is_booked_after_somebody_else_has_a_row_and_a_welcome_of_their_own(string dan, string eve)
    {
        await using var scene = await BookedScene.StartAsync();
        (dan, eve) = (AppointmentPosts.Changed(dan, ("Id", "1")), AppointmentPosts.Changed(eve, ("Id", "1")));

        await scene.PostAsync("created", dan);
        var answer = await scene.PostAsync("created", eve);
        Assert.All([await scene.PostAsync("created", dan), await scene.PostAsync("created", eve)], again => Assert.True(Assert.Single(again.Leads).Duplicate));
        await scene.PostAsync("cancelled", eve);

        Assert.False(Assert.Single(answer.Leads).Duplicate);
        Assert.Equal(["booked", "cancelled"], scene.Crm.Rows.Values.Select(BookedScene.State).Order());
        Assert.Equal(2, scene.Mails.Count(mail => mail.StartsWith("created", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("updated")]
    [InlineData("cancelled")]
    public async Task Whoever_s_event_comes_first_each_has_their_own_row(string eventName)
    {
        await using var scene = await BookedScene.StartAsync();
        const string Dan = """{"Id":"1","CustomerName":"Dan","CustomerEmail":"dan@contoso.example"}""";
        const string Eve = """{"Id":"1","CustomerName":"Eve","CustomerEmail":"eve@contoso.example"}""";

        await scene.PostAsync(eventName, Eve);
        await scene.PostAsync("created", Dan);
        await scene.PostAsync("created", Eve);

        Assert.Equal(["Dan: booked", $"Eve: {(eventName == "updated" ? "changed" : "cancelled")}"], scene.Rows);
    }

    [Fact]
    public async Task A_new_address_in_an_update_makes_nobody_else()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Alone);

        await scene.PostAsync("updated", """{"Id":"1","CustomerEmail":"adele@new.example"}""");

        Assert.Equal("adele@new.example", scene.Row("Vance")["emailaddress1"]!.GetValue<string>());
    }
}
