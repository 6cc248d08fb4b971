using System.Net;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs;

public sealed class BulkResendTests
{
    private static readonly DateTimeOffset Now = Posted.At;

    [Theory]
    [InlineData("destination=erp&from=2026-11-21T09:00:01Z", 2)]
    [InlineData("destination=erp&from=2026-11-21", 3)]
    [InlineData("destination=erp&from=2026-11-21&to=2026-11-21T09:00:01Z", 1)]
    [InlineData("destination=fax&from=2026-11-21", 0)]
    [InlineData("destination=erp&from=2026-11-21&text=two", 1)]
    public async Task Everything_from_a_time_on_is_sent_again_but_what_waits_or_was_discarded(string query, int expected)
    {
        await using var app = await LeadApp.StartAsync(time: new ManualTime());
        string[] names = ["One", "Two", "Three", "Four", "Five"];
        for (var second = 0; second < names.Length; second++)
        {
            var lead = await app.KeepAsync($$"""{"OfferTitle":"{{names[second]}}"}""", Now + TimeSpan.FromSeconds(second - 4), "erp");
            if (second == 4)
            {
                break;
            }

            var delivery = await app.Store.TakeOneAsync(Now, "erp");
            await (second < 2 ? app.Store.DeliveredAsync(delivery, Now) : app.Store.DeadLetterAsync(delivery, Now));
            if (second == 3)
            {
                await app.Store.DiscardAsync(lead.Id, "erp", "over", "anna", Now);
            }
        }

        // Received at 8:59:56 to 9:00:00; the test's times are a few seconds later.
        query = query.Replace("09:00:01", "08:59:57", StringComparison.Ordinal);
        Assert.Equal($$"""{"deliveries":{{expected}}}""", await PostAsync(app, $"{query}&dryRun=true", HttpStatusCode.OK));
        Assert.Equal($$"""{"resent":{{expected}}}""", await PostAsync(app, query, HttpStatusCode.Accepted));

        var waiting = 0;
        foreach (var run in (await app.Store.ListRunsAsync(new(Destination: "erp"), null, 10, TestContext.Current.CancellationToken)).Items)
        {
            waiting += run.Deliveries[0].State.Status == DeliveryStatus.Pending ? 1 : 0;
        }

        Assert.Equal(expected + 1, waiting);
    }

    [Theory]
    [InlineData("", "destination from")]
    [InlineData("from=2026-11-21", "destination")]
    [InlineData("destination=erp", "from")]
    [InlineData("destination=erp&from=yesterday", "from")]
    [InlineData("destination=erp&from=2026-11-21&status=dead_letter", "status")]
    [InlineData("destination=erp&since=2026-11-21&from=2026-11-21", "since")]
    public async Task What_is_missing_or_unknown_is_named(string query, string names)
    {
        await using var app = await LeadApp.StartAsync();

        var problem = await app.RefusedQueryAsync($"/api/runs/resend?{query}", HttpMethod.Post);

        Assert.Equal(names.Split(' '), problem.Paths);
    }

    private static async Task<string> PostAsync(LeadApp app, string query, HttpStatusCode expected)
    {
        using var response = await app.Client.PostAsync($"/api/runs/resend?{query}", null, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
