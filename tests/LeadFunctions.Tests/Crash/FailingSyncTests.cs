using System.Net;
using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>
/// The disk doesn't take what it is asked to sync: of whatever is posted, done and recorded meanwhile there is one, and the answer says what is known.
/// </summary>
public sealed class FailingSyncTests
{
    private const string Body = """{"OfferTitle":"Syncing","UserDetails":{"LastName":"One","Email":"one@contoso.example"}}""";

    /// <summary>Much less than a lease, which is two minutes.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_whose_sync_failed_once_is_written_again_and_then_acknowledged()
    {
        await using var scene = await StartAsync();
        Guid lead;
        await using (await FailAsync(scene, when: "1"))
        {
            lead = await AcceptAsync(scene);
        }

        Assert.Equal(lead, await AcceptAsync(scene, isRepeat: true));
        await scene.Program.KillAsync();
        await scene.StartAsync();
        Assert.Equal(lead, await AcceptAsync(scene, isRepeat: true));
        await AssertOneOfEachAsync(scene);
    }

    [Fact]
    public async Task While_every_sync_fails_a_lead_that_is_sent_again_and_again_becomes_one_lead_afterwards()
    {
        await using var scene = await StartAsync();
        await using (await FailAsync(scene))
        {
            for (var sent = 0; sent < 4; sent++)
            {
                await AssertUnknownAsync(scene, Body);
            }
        }

        Assert.Empty(scene.Dataverse.Rows);
        await AcceptAsync(scene);
        await AcceptAsync(scene, isRepeat: true);
        await AssertOneOfEachAsync(scene);
    }

    [Fact]
    public async Task A_kill_while_every_sync_fails_leaves_one_lead_whether_it_was_in_the_log_or_not()
    {
        await using var scene = await StartAsync();
        await using (await FailAsync(scene))
        {
            await AssertUnknownAsync(scene, Body);
            await scene.Program.KillAsync();
        }

        await scene.StartAsync();
        var lead = await AcceptAsync(scene, isRepeat: null);
        Assert.Equal(lead, await AcceptAsync(scene, isRepeat: true));
        await AssertOneOfEachAsync(scene);
    }

    [Fact]
    public async Task What_a_failed_commit_left_in_the_log_is_the_same_lead_when_the_file_was_taken_away_and_brought_back()
    {
        await using var scene = await CrashScene.SetAsync();
        var path = scene.Folder.File("store/leads.db");
        await scene.StartAsync(("Store__Path", path));
        await using (await FailAsync(scene, path: path))
        {
            await AssertUnknownAsync(scene, Body);
            Directory.Move(scene.Folder.File("store"), scene.Folder.File("elsewhere"));
            using var gone = await scene.Program.PostAsync(Body);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, gone.StatusCode);
            Assert.Contains("It was not accepted", await gone.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        Directory.Move(scene.Folder.File("elsewhere"), scene.Folder.File("store"));
        var lead = await AcceptAsync(scene, isRepeat: null);
        Assert.Equal(lead, await AcceptAsync(scene, isRepeat: true));
        await AssertOneOfEachAsync(scene);
    }

    [Fact]
    public async Task A_claim_whose_commit_failed_does_not_wait_for_its_lease_to_end()
    {
        await using var scene = await StartAsync(("Delivery__RetrySchedule", "00:00:04,00:00:04,00:00:04,00:00:04,00:00:04"));
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Status((int)HttpStatusCode.ServiceUnavailable);
        var lead = await AcceptAsync(scene);
        await Eventually.TrueAsync(
            async () => Deliveries(await RunAsync(scene, lead)).All(delivery => delivery.GetProperty("attempts").GetArrayLength() == 1),
            "both were tried");
        await using (await FailAsync(scene))
        {
            await PrintedAsync(scene, "could not be claimed");
            scene.Dataverse.Always = scene.SendGrid.Always = null;
        }

        await AssertOneOfEachAsync(scene);
        Assert.DoesNotContain("interrupted", await RunAsync(scene, lead), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_whose_commit_failed_is_recorded_afterwards_and_nothing_is_sent_again()
    {
        await using var scene = await StartAsync();
        var disk = new TaskCompletionSource();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Until(disk.Task);
        var lead = await AcceptAsync(scene);
        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.Requests.Count > 0);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.Requests.Count > 0);
        await using (await FailAsync(scene))
        {
            disk.SetResult();
            await PrintedAsync(scene, "could not be stored; trying again");
        }

        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await Eventually.TrueAsync(
            async () => Deliveries(await RunAsync(scene, lead)).All(delivery => delivery.GetProperty("status").GetString() == "delivered"),
            "both are recorded",
            Soon);

        Assert.All(Deliveries(await RunAsync(scene, lead)), delivery => Assert.Equal(1, delivery.GetProperty("attempts").GetArrayLength()));
        Assert.Equal(1, scene.CreatesOf(lead));
        Assert.Single(scene.SendGrid.Mails);
    }

    [Fact]
    public async Task Appointments_refused_bodies_and_acts_can_be_sent_again_too()
    {
        await using var scene = await StartAsync();
        scene.Dataverse.Always = Fault.Status((int)HttpStatusCode.BadRequest);
        var lead = await AcceptAsync(scene);
        await Eventually.TrueAsync(
            async () => (await RunAsync(scene, lead)).Contains("dead_letter", StringComparison.Ordinal),
            "the row is a dead letter");
        scene.Dataverse.Always = null;
        var appointment = Samples.Read("appointment-one-to-one.json");
        await using (await FailAsync(scene))
        {
            await AssertUnknownAsync(scene, appointment, "/api/appointments/created");
            await AssertUnknownAsync(scene, """{"UserDetails":5}""");
            using var resubmit = await scene.Program.PostAsync("", $"/api/runs/{lead}/resubmit");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, resubmit.StatusCode);
        }

        using var booked = await scene.Program.PostAsync(appointment, "/api/appointments/created");
        using var refused = await scene.Program.PostAsync("""{"UserDetails":5}""");
        using var again = await scene.Program.PostAsync("", $"/api/runs/{lead}/resubmit");
        Assert.Equal(
            [HttpStatusCode.Accepted, HttpStatusCode.BadRequest, HttpStatusCode.Accepted],
            [booked.StatusCode, refused.StatusCode, again.StatusCode]);
        await Eventually.TrueAsync(
            () => scene.Dataverse.Rows.Count == 2 && scene.SendGrid.Mails.Count == 2,
            "the lead and the appointment have arrived",
            Soon);

        Assert.Equal(2, await CountLeadsAsync(scene));
        var acts = JsonDocument.Parse(await RunAsync(scene, lead)).RootElement.GetProperty("acts");
        Assert.Equal(1, acts.GetArrayLength());
    }

    private static async Task<CrashScene> StartAsync(params (string Key, string Value)[] more)
    {
        var scene = await CrashScene.SetAsync();
        await scene.StartAsync(more);
        return scene;
    }

    private static Task<FailingCalls> FailAsync(CrashScene scene, string? when = null, string? path = null)
    {
        path ??= scene.Folder.File("data/leads.db");
        return FailingCalls.BeginAsync(scene.Program, FailingCalls.Syncs, "EIO", when, path, path + "-wal");
    }

    /// <param name="isRepeat">Null: it may be one.</param>
    private static async Task<Guid> AcceptAsync(CrashScene scene, bool? isRepeat = false)
    {
        using var response = await scene.Program.PostAsync(Body);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement;
        Assert.Equal(isRepeat ?? answer.GetProperty("duplicate").GetBoolean(), answer.GetProperty("duplicate").GetBoolean());
        return answer.GetProperty("leadId").GetGuid();
    }

    private static async Task AssertUnknownAsync(CrashScene scene, string body, string path = "/api/leads")
    {
        using var response = await scene.Program.PostAsync(body, path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Contains("It is not known whether it is stored", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    private static async Task AssertOneOfEachAsync(CrashScene scene)
    {
        await Eventually.TrueAsync(
            () => scene.Dataverse.Rows.Count > 0 && scene.SendGrid.Mails.Count > 0,
            "row and mail have arrived",
            Soon);
        await Eventually.TrueAsync(
            async () =>
            {
                var health = await scene.Program.Client.GetStringAsync("/api/health/ready", Stop);
                return health.Contains("\"unfinished\":{}", StringComparison.Ordinal);
            },
            "nothing is left to deliver",
            Soon);
        Assert.Single(scene.Dataverse.Rows);
        Assert.Single(scene.SendGrid.Mails);
        Assert.Equal(1, await CountLeadsAsync(scene));
    }

    private static Task<string> RunAsync(CrashScene scene, Guid lead) => scene.Program.Client.GetStringAsync($"/api/runs/{lead}", Stop);

    private static Task PrintedAsync(CrashScene scene, string words) =>
        Eventually.TrueAsync(() => scene.Program.Output.Contains(words, StringComparison.Ordinal), $"the program says: {words}");

    private static async Task<int> CountLeadsAsync(CrashScene scene)
    {
        using var page = JsonDocument.Parse(await scene.Program.Client.GetStringAsync("/api/runs", Stop));
        return page.RootElement.GetProperty("items").GetArrayLength();
    }

    private static IEnumerable<JsonElement> Deliveries(string run) =>
        JsonDocument.Parse(run).RootElement.GetProperty("deliveries").EnumerateArray();
}
