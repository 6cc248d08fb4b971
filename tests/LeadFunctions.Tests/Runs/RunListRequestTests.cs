using System.Net;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs;

public sealed class RunListRequestTests
{
    [Theory]
    [InlineData("status=dead", "status")]
    [InlineData("status=Delivered", "status")]
    [InlineData("status=delivered&status=refused", "status")]
    [InlineData("take=0", "take")]
    [InlineData("take=501", "take")]
    [InlineData("take=-1", "take")]
    [InlineData("take=5e1", "take")]
    [InlineData("take=99999999999999999999", "take")]
    [InlineData("next=42", "next")]
    [InlineData("test=yes", "test")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=21.11.2026", "from")]
    [InlineData("from=2026-02-30", "from")]
    [InlineData("to=2026-11-21T25:00:00Z", "to")]
    [InlineData("format=xml", "format")]
    [InlineData("status=refused&destination=crm", "destination")]
    [InlineData("status=refused&test=true", "test")]
    [InlineData("status=x&take=x&next=x&test=x&from=x&to=x&format=x", "format from next status take test to")]
    [InlineData("format=csv&from=x", "from")]
    [InlineData("bogus=1", "bogus")]
    [InlineData("statis=dead_letter", "statis")]
    [InlineData("format=csv&statis=dead_letter", "statis")]
    [InlineData("status=refused&dryRun=true", "dryRun")]
    public async Task Every_parameter_that_cannot_be_read_or_does_not_exist_is_named(string query, string names)
    {
        await using var app = await LeadApp.StartAsync();

        var problem = await app.RefusedQueryAsync($"/api/runs?{query}");

        Assert.Equal(names.Split(' '), problem.Paths);
    }

    [Fact]
    public async Task A_parameter_that_does_not_exist_is_named_on_the_page_in_words()
    {
        await using var app = await LeadApp.StartAsync();
        await app.AcceptAsync("""{"OfferTitle":"Not to be listed"}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs?destinatoin=crm");
        request.Headers.Accept.ParseAdd("text/html");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(
            "<strong>destinatoin</strong> is no parameter of this list; there are status, destination,",
            page,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Not to be listed", page, StringComparison.Ordinal);
    }
}
