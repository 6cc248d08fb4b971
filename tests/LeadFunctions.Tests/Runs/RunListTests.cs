using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs;

public sealed class RunListTests
{
    private const string Nowhere = "erp";

    private static readonly DateTimeOffset Now = Posted.At;

    [Fact]
    public async Task The_list_shows_each_run_as_it_is_shown_alone_newest_first()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync(time: time);
        var first = (await app.AcceptAsync("""{"OfferTitle":"First"}""")).LeadId;
        time.Advance(TimeSpan.FromSeconds(1));
        var second = (await app.AcceptAsync(Samples.Documented)).LeadId;
        var alone = new[] { await app.WaitForStatusAsync(second, "delivered"), await app.WaitForStatusAsync(first, "delivered") };

        var (items, next) = await app.ListAsync();

        Assert.All(
            alone.SelectMany(run => run.GetProperty("deliveries").EnumerateArray()),
            delivery => Assert.NotNull(delivery.GetProperty("request").GetString()));
        Assert.Equal(alone.Select(WithoutRequests), items.Select(WithoutRequests));
        Assert.Null(next);

        // A list is for looking over: what was sent is read run by run.
        static string WithoutRequests(JsonElement run)
        {
            var json = JsonNode.Parse(run.GetRawText())!;
            foreach (var delivery in json["deliveries"]!.AsArray())
            {
                delivery!["request"] = null;
            }

            return json.ToJsonString();
        }
    }

    [Fact]
    public async Task Nothing_yet_is_an_empty_list()
    {
        await using var app = await LeadApp.StartAsync();

        Assert.Equal("""{"items":[],"next":null}""", await app.Client.GetStringAsync("/api/runs", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repeat_while_leads_arrive()
    {
        await using var app = await LeadApp.StartAsync(time: new ManualTime());
        var leads = await Task.WhenAll(Enumerable.Range(0, 23).Select(number => app.AcceptAsync($$"""{"OfferTitle":"{{number}}"}""")));

        var seen = new List<Guid>();
        for (string? next = ""; next is not null;)
        {
            (var items, next) = await app.ListAsync($"?take=5&next={next}");
            seen.AddRange(items.Select(run => run.GetProperty("leadId").GetGuid()));
            await app.AcceptAsync($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""");
        }

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(leads.Select(lead => lead.LeadId).Except(seen));
    }

    [Fact]
    public async Task A_page_holds_fifty_runs_unless_told_otherwise()
    {
        await using var app = await LeadApp.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 52).Select(_ => app.Store.KeepAsync(Now, Nowhere)));

        Assert.Equal(50, (await app.ListAsync()).Items.Count);
        Assert.Equal(50, (await app.ListAsync("?take=&status=")).Items.Count);
        Assert.Equal((52, null), await CountAsync("?take=52"));
        Assert.Equal((52, null), await CountAsync("?take=500"));
        Assert.NotNull((await app.ListAsync("?take=51")).Next);

        async Task<(int, string?)> CountAsync(string query) =>
            await app.ListAsync(query) is var (items, next) ? (items.Count, next) : default;
    }

    [Fact]
    public async Task Each_status_shows_its_own_leads()
    {
        await using var app = await LeadApp.StartAsync();
        var dead = await app.Store.KeepAsync(Now, Nowhere);
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(Now, Nowhere), Now);
        var waiting = await app.Store.KeepAsync(Now + TimeSpan.FromSeconds(1), Nowhere);
        var delivered = (await app.AcceptAsync(Samples.Documented)).LeadId;
        Assert.True((await app.AcceptAsync(Samples.Documented)).Duplicate);
        await app.WaitForStatusAsync(delivered, "delivered");

        Assert.Equal([dead.Id.Value], await app.IdsAsync("?status=dead_letter"));
        Assert.Equal([waiting.Id.Value], await app.IdsAsync("?status=in_progress"));
        Assert.Equal([delivered], await app.IdsAsync("?status=delivered"));
        Assert.Equal([delivered], await app.IdsAsync("?status=duplicate"));
        Assert.Equal([dead.Id.Value], await app.IdsAsync($"?status=dead_letter&destination={Nowhere}"));
        Assert.Empty(await app.IdsAsync("?status=dead_letter&destination=crm"));
        Assert.Equal([delivered], await app.IdsAsync("?destination=crm"));
    }

    [Theory]
    [InlineData("source=marketplace", "b a")]
    [InlineData("source=bookings", "")]
    [InlineData("test=true", "b")]
    [InlineData("test=false", "a")]
    [InlineData("text=zo%C3%8B", "a")]
    [InlineData("text=%25", "")]
    [InlineData("from=2026-11-21T09:00:01Z", "b")]
    [InlineData("from=2026-11-21T10:00:01%2B01:00", "b")]
    [InlineData("from=2026-11-21T10:00:01+01:00", "b")]
    [InlineData("to=2026-11-21T09:00:01.000", "a")]
    [InlineData("to=2026-11-21T09:01", "b a")]
    [InlineData("from=2026-11-21&to=2026-11-22", "b a")]
    [InlineData("to=2026-11-21", "")]
    [InlineData(
        "from=2026-11-21T09:00:00.0000000Z&to=2026-11-21T09:00:01Z&test=false&source=marketplace&text=zoë&destination=erp"
        + "&status=in_progress",
        "a")]
    public async Task Each_filter_leaves_what_matches(string query, string expected)
    {
        await using var app = await LeadApp.StartAsync();
        var leads = new Dictionary<string, Guid>
        {
            ["a"] = (await app.KeepAsync("""{"UserDetails":{"FirstName":"Zoë"}}""", Now, Nowhere)).Id.Value,
            ["b"] = (await app.KeepAsync("""{"OfferTitle":"MSFT_TEST_1"}""", Now + TimeSpan.FromSeconds(1), Nowhere)).Id.Value,
        };

        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => leads[name]),
            await app.IdsAsync($"?{query}"));
    }

    [Fact]
    public async Task Refused_bodies_are_listed_with_what_was_wrong_as_data()
    {
        await using var app = await LeadApp.StartAsync();
        var first = (await ProblemAnswer.RefuseAsync(app, """{"ActionCode":5,"x":"<script>"}""")).RefusedId;
        await Task.Delay(5, TestContext.Current.CancellationToken);
        var second = (await ProblemAnswer.RefuseAsync(app, [0xFF, (byte)'{', 0])).RefusedId;

        var (items, next) = await app.ListAsync("?status=refused");

        Assert.Null(next);
        Assert.Equal(
            new[] { second!.Value.Value, first!.Value.Value },
            items.Select(refused => refused.GetProperty("refusedId").GetGuid()));
        Assert.Equal(["refusedId", "receivedAt", "errors", "body"], items[1].EnumerateObject().Select(property => property.Name));
        Assert.Equal("/ActionCode", Assert.Single(items[1].GetProperty("errors").EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal("""{"ActionCode":5,"x":"<script>"}""", items[1].GetProperty("body").GetString());
        Assert.Equal("\uFFFD{\0", items[0].GetProperty("body").GetString());
        Assert.Empty((await app.ListAsync()).Items);
    }

    [Fact]
    public async Task Hostile_texts_are_shown_as_the_data_that_they_are()
    {
        await using var app = await LeadApp.StartAsync();
        const string Hostile = "</script><img src=x onerror=alert(1)> \"' OR 1=1 -- {{Lead.Id}}\r\n\0\u202e";
        await app.AcceptAsync(System.Text.Json.JsonSerializer.Serialize(new { OfferTitle = Hostile }));

        var run = Assert.Single((await app.ListAsync($"?text={Uri.EscapeDataString("<img SRC=x")}")).Items);

        Assert.Equal(Hostile, run.GetProperty("lead").GetProperty("OfferTitle").GetString());
    }

    [Fact]
    public async Task The_list_is_closed_without_a_key()
    {
        const string Key = "runs-key-0123456789abcdef";
        await using var app = await LeadApp.StartAsync([("Runs:Keys:0", Key)]);

        foreach (var query in new[] { "", "?format=csv", "?status=refused" })
        {
            using var response = await app.Client.GetAsync($"/api/runs{query}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Empty((await app.ListAsync($"?code={Key}")).Items);
    }
}
