using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs;

/// <summary>Actions on more leads than one answer has time for.</summary>
public sealed class ActionStepsTests : IAsyncLifetime
{
    private const int Leads = 1_100;
    private const string Resend = "/api/runs/resend?destination=erp&from=2026-11-21";

    private static readonly DateTimeOffset Now = Posted.At;

    private LeadApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await LeadApp.StartAsync(time: new HurriedTime());
        await Task.WhenAll(Enumerable.Range(0, Leads).Select(number =>
            _app.KeepAsync("""{"UserDetails":{"Email":"kim@contoso.example"}}""", Now + TimeSpan.FromMilliseconds(number), "erp")));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_resubmit_says_how_much_is_done_and_goes_on_with_next()
    {
        await EndAllAsync((delivery, now) => _app.Store.DeadLetterAsync(delivery, now));

        Assert.Equal((500, 500, 100, null), await StepsAsync("/api/runs/resubmit", "resubmitted"));
        await AssertActsAsync(each: 1);
    }

    [Fact]
    public async Task A_resubmit_that_was_cut_off_and_is_asked_for_anew_does_nothing_twice()
    {
        await EndAllAsync((delivery, now) => _app.Store.DeadLetterAsync(delivery, now));
        await PostAsync("/api/runs/resubmit");

        Assert.Equal((500, 100, null, null), await StepsAsync("/api/runs/resubmit", "resubmitted"));
        await AssertActsAsync(each: 1);
    }

    [Fact]
    public async Task A_resend_that_was_cut_off_and_is_asked_for_anew_sends_nothing_twice_when_it_says_since_when()
    {
        await EndAllAsync((delivery, now) => _app.Store.DeliveredAsync(delivery, now));
        var asked = $"{Resend}&asked={DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss}Z";
        Assert.Equal(500, (await PostAsync(asked)).GetProperty("resent").GetInt32());
        // They have arrived once more by the time of the second request.
        await EndAllAsync((delivery, now) => _app.Store.DeliveredAsync(delivery, now));

        var count = await PostAsync($"{asked}&dryRun=true");
        Assert.True(count.TryGetProperty("next", out _));
        Assert.Equal((0, 500, 100, null), await StepsAsync(asked, "resent"));
        await AssertActsAsync(each: 1);
    }

    [Fact]
    public async Task Erasing_goes_on_with_next_and_counts_so_too()
    {
        Assert.Equal((1_000, 100, null, null), await StepsAsync("/api/runs/erase?dryRun=true", "leads"));
        Assert.Equal((1_000, 100, null, null), await StepsAsync("/api/runs/erase", "leads"));
        Assert.Equal((0, 0, null, null), await StepsAsync("/api/runs/erase", "leads"));
        await AssertActsAsync(each: 1);
    }

    [Fact]
    public async Task The_commands_go_on_by_themselves()
    {
        await EndAllAsync((delivery, now) => _app.Store.DeadLetterAsync(delivery, now));
        string[] here = ["--url", _app.Client.BaseAddress!.ToString(), "--key", _app.LocalKey!, "--yes"];

        var resubmit = await CommandRun.OfAsync(_app.Folder, ["runs", "resubmit", "--destination", "erp", .. here]);
        var erase = await CommandRun.OfAsync(_app.Folder, ["erase", "--email", "kim@contoso.example", .. here]);

        Assert.StartsWith($"{Leads} deliveries resubmitted.", resubmit.Output, StringComparison.Ordinal);
        Assert.StartsWith($"{Leads} leads and 0 refused bodies erased.", erase.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_next_is_refused()
    {
        Assert.Equal(["next"], (await _app.RefusedQueryAsync("/api/runs/resubmit?next=x", HttpMethod.Post)).Paths);
        Assert.Equal(["asked", "next"], (await _app.RefusedQueryAsync($"{Resend}&next=x&asked=y", HttpMethod.Post)).Paths);
    }

    private async Task EndAllAsync(Func<LeadDelivery, DateTimeOffset, Task<bool>> end)
    {
        for (IReadOnlyList<LeadDelivery> some = []; ;)
        {
            some = (await _app.Store.TakeAsync(DateTimeOffset.UtcNow, 500, "erp")).Deliveries;
            await Task.WhenAll(some.Select(delivery => end(delivery, DateTimeOffset.UtcNow)));
            if (some.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>What each answer says, as long as one says where to go on; there are no more than four.</summary>
    private async Task<(int, int?, int?, int?)> StepsAsync(string path, string what)
    {
        var steps = new List<int?>();
        for (var next = path; next is not null;)
        {
            var answer = await PostAsync(next);
            steps.Add(answer.GetProperty(what).GetInt32());
            var sign = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            next = answer.TryGetProperty("next", out var place) ? $"{path}{sign}next={place}" : null;
        }

        Assert.InRange(steps.Count, 1, 4);
        return (steps[0]!.Value, steps.ElementAtOrDefault(1), steps.ElementAtOrDefault(2), steps.ElementAtOrDefault(3));
    }

    private async Task<JsonElement> PostAsync(string path)
    {
        var body = path.StartsWith("/api/runs/erase", StringComparison.Ordinal) ? """{"email":"kim@contoso.example"}""" : null;
        using var content = body is null ? null : new StringContent(body, null, "application/json");
        using var response = await _app.Client.PostAsync(path, content, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task AssertActsAsync(int each)
    {
        LeadId? before = null;
        do
        {
            var page = await _app.Store.ListRunsAsync(new RunFilter(), before, 500, Stop);
            Assert.All(page.Items, run => Assert.Equal(each, run.Audit.Count));
            before = page.Next;
        }
        while (before is not null);
    }
}
