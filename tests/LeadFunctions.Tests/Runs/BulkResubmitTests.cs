using System.Net;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs;

public sealed class BulkResubmitTests
{
    private static readonly DateTimeOffset Now = Posted.At;

    [Theory]
    [InlineData("", 4, "")]
    [InlineData("?destination=erp", 2, "a/fax b/fax")]
    [InlineData("?destination=erp&text=alpha", 1, "a/fax b/erp b/fax")]
    [InlineData("?text=ALPHA&status=dead_letter", 2, "b/erp b/fax")]
    [InlineData("?from=2026-11-21T09:00:01Z", 2, "a/erp a/fax")]
    [InlineData("?to=2026-11-21T09:00:01Z&destination=fax", 1, "a/erp b/erp b/fax")]
    [InlineData("?source=bookings", 0, "a/erp a/fax b/erp b/fax")]
    [InlineData("?text=", 4, "")]
    public async Task Only_the_dead_letters_that_match_are_tried_again(string query, int resubmitted, string stillDead)
    {
        await using var app = await LeadApp.StartAsync();
        var leads = new Dictionary<string, Lead>
        {
            ["a"] = await app.KeepAsync("""{"OfferTitle":"Alpha"}""", Now, "erp", "fax"),
            ["b"] = await app.KeepAsync("""{"OfferTitle":"Beta"}""", Now + TimeSpan.FromSeconds(1), "erp", "fax"),
        };
        foreach (var destination in new[] { "erp", "fax" })
        {
            foreach (var delivery in (await app.Store.TakeAsync(Now + TimeSpan.FromSeconds(1), destination: destination)).Deliveries)
            {
                await app.Store.DeadLetterAsync(delivery, Now);
            }
        }

        using var response = await app.Client.PostAsync($"/api/runs/resubmit{query}", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(
            $$"""{"resubmitted":{{resubmitted}}}""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var dead = new List<string>();
        foreach (var (name, lead) in leads)
        {
            dead.AddRange(
                (await app.Store.FindRunAsync(lead.Id))!
                    .Deliveries.Where(delivery => delivery.State.Status == DeliveryStatus.DeadLetter)
                    .Select(delivery => $"{name}/{delivery.Destination}"));
        }

        Assert.Equal(stillDead, string.Join(' ', dead.Order()));
    }

    [Theory]
    [InlineData("?text=chain", 3)]
    [InlineData("?text=chain&destination=mail", 2)]
    [InlineData("?destination=mail", 2)]
    [InlineData("", 3)]
    public async Task What_a_chain_pulls_in_is_counted_before_and_after_and_once(string query, int deliveries)
    {
        await using var app = await LeadApp.StartAsync();
        var lead = Posted.Lead("""{"OfferTitle":"Chain"}""", Now);
        await app.Store.AcceptAsync(
            lead,
            StoreCalls.Print("chain"),
            null,
            [new("zoom"), new PlannedDelivery("post", After: "zoom"), new PlannedDelivery("mail", After: "zoom")]);
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(Now, "zoom"), Now);

        using var count = await app.Client.PostAsync(
            $"/api/runs/resubmit{query}{(query.Length == 0 ? "?" : "&")}dryRun=true",
            null,
            TestContext.Current.CancellationToken);
        using var response = await app.Client.PostAsync($"/api/runs/resubmit{query}", null, TestContext.Current.CancellationToken);

        Assert.Equal(
            $$"""{"leads":1,"deliveries":{{deliveries}}}""",
            await count.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            $$"""{"resubmitted":{{deliveries}}}""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var run = (await app.Store.FindRunAsync(lead.Id))!;
        Assert.Equal(deliveries, run.Deliveries.Count(delivery => delivery.State.Status == DeliveryStatus.Pending));
        Assert.Equal(
            run.Deliveries.Where(delivery => delivery.State.Status == DeliveryStatus.Pending)
                .Select(delivery => delivery.Destination)
                .Order(),
            run.Audit.Select(act => act.Destination!).Order());
    }

    [Fact]
    public async Task More_than_a_page_of_matches_is_tried_again_whole()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync(time: time);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => app.KeepAsync("""{"OfferTitle":"Alpha"}""", Now, "erp")));
        await Task.WhenAll(
            (await app.Store.TakeAsync(Now, 200, "erp")).Deliveries.Select(delivery => app.Store.DeadLetterAsync(delivery, Now)));

        using var response = await app.Client.PostAsync("/api/runs/resubmit?text=alpha", null, TestContext.Current.CancellationToken);

        Assert.Equal("""{"resubmitted":150}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(150, (await app.Store.TakeAsync(time.GetUtcNow(), 200, "erp")).Deliveries.Count);
    }

    [Theory]
    [InlineData("destnation=crm", "destnation")]
    [InlineData("take=5", "take")]
    [InlineData("status=delivered", "status")]
    [InlineData("status=refused", "status")]
    [InlineData("from=x&dest=y", "dest from")]
    public async Task A_filter_that_is_not_understood_resubmits_nothing(string query, string names)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.Equal(names.Split(' '), (await app.RefusedQueryAsync($"/api/runs/resubmit?{query}", HttpMethod.Post)).Paths);
    }
}
