using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake.Appointments;

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
}
