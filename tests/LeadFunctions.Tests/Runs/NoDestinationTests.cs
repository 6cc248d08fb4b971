using System.Net;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs;

public sealed class NoDestinationTests
{
    [Fact]
    public async Task A_lead_that_no_destination_takes_says_so()
    {
        await using var app = await LeadApp.StartAsync([
            ("Destinations:crm:Kind", "File"),
            ("Destinations:crm:When:OfferTitle", "Something else"),
        ]);

        var answer = await app.AcceptAsync(Samples.Documented);

        var run = await app.RunAsync(answer.LeadId);
        Assert.Equal("no_destination", run.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_resubmit_to_a_destination_that_does_not_exist_is_an_error()
    {
        await using var app = await LeadApp.StartAsync();
        var answer = await app.AcceptAsync(Samples.Documented);

        using var response = await app.PostAsync("", path: $"/api/runs/{answer.LeadId}/resubmit?destination=nope");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
