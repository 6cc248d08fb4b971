using System.Net;
using Azure.Storage.Queues;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadFunctions.Tests.Crash;

/// <summary>Behind the Functions host with Azure Storage nothing looks for work but what the queue wakes, and the timer.</summary>
public sealed class QueueWakesTests(SharedAzurite azurite)
{
    private static readonly (string, string)[] Switches = [("AzureWebJobs.deliver.Disabled", "true")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sample_is_delivered_within_three_seconds_of_its_answer()
    {
        await using var scene = await SetAsync();
        await scene.StartAsync();
        // What a first lead costs once: connections, code, tables, the queue. On a busy machine its ring comes too late, and the timer finds it.
        await scene.PostAsync(1);
        await scene.WaitUntilTheTimerHasFoundAllAsync();

        await scene.PostAsync(1);
        await scene.WaitUntilAllArrivedAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(2, scene.Acknowledged.Count);
    }

    [Fact]
    public async Task Where_the_queue_wakes_nobody_nothing_is_delivered_until_the_timer_finds_it_overdue()
    {
        await using var scene = await SetAsync();
        await scene.StartAsync(Switches);
        await scene.PostAsync(3);
        var overdue = await KeepOverdueAsync(scene);
        await Queue(scene).ClearMessagesAsync(Stop);

        await ((HostedProgram)scene.Program).CallTimerAsync();

        // At the moment of the timer's answer; what was posted just now is not overdue, and no loop has taken it.
        Assert.Equal(overdue.Value, Assert.Single(scene.Dataverse.Rows).Key);
        Assert.Equal(overdue.Value, Guid.Parse(Assert.Single(scene.SendGrid.Mails).CustomArgs["lead_id"]));
    }

    [Fact]
    public async Task Killed_between_answer_and_delivery_the_claims_message_brings_both_deliveries_back()
    {
        await using var scene = await SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Hang;
        await scene.StartAsync();
        await scene.PostAsync(1);
        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.InFlight == 1);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.InFlight == 1);

        await scene.Program.KillAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await scene.StartAsync();
        // No timer calls.
        await scene.WaitUntilAllArrivedAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Assert.Single(scene.Acknowledged), Assert.Single(scene.Dataverse.Rows).Key);
        Assert.Empty(scene.MailedAgain());
    }

    [Fact]
    public async Task A_message_that_a_dead_host_had_taken_comes_back_and_its_lead_is_delivered()
    {
        await using var scene = await SetAsync();
        var kept = (await KeepOverdueAsync(scene)).Value;
        // A host takes messages for ten minutes, and with its death they come back only then. This one's are short.
        var taken = (await Queue(scene).ReceiveMessagesAsync(32, TimeSpan.FromSeconds(5), Stop)).Value;
        Assert.Single(taken);

        await scene.StartAsync();
        // No timer calls.
        await Eventually.TrueAsync(() => scene.Dataverse.Rows.ContainsKey(kept) && scene.SendGrid.Mails.Count > 0, "the message came back");

        Assert.Equal(kept, Guid.Parse(Assert.Single(scene.SendGrid.Mails).CustomArgs["lead_id"]));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_the_load_again_and_again_no_acknowledged_lead_is_lost()
    {
        const int Kills = 2;
        await using var scene = await SetAsync();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await scene.KillUnderLoadAsync(100, enough: kill * 25);
        }

        await scene.StartAsync();
        await scene.WaitUntilTheTimerHasFoundAllAsync();

        Assert.NotEmpty(scene.Acknowledged);
        scene.AssertAtMostOneExtraMail(Kills);
    }

    [Fact]
    public async Task A_message_that_nobody_can_read_is_put_aside_or_ignored_and_delivery_goes_on()
    {
        await using var scene = await SetAsync();
        var queue = Queue(scene);
        await queue.CreateAsync(cancellationToken: Stop);
        await queue.SendMessageAsync("no base64 at all!", Stop);
        await queue.SendMessageAsync(Convert.ToBase64String("nobody's message"u8), Stop);
        await queue.SendMessageAsync(Convert.ToBase64String("0199f0b2-7a80-7507-bf58-025564795708"u8), Stop);
        await scene.StartAsync();

        await scene.PostAsync(1);
        await scene.WaitUntilAllArrivedAsync();

        await Eventually.TrueAsync(async () => (await queue.GetPropertiesAsync(Stop)).Value.ApproximateMessagesCount == 0, "no message is left");
        Assert.Equal("no base64 at all!", (await new QueueClient(scene.Account, $"{DeliveryQueueSender.Name}-poison").PeekMessageAsync(Stop)).Value.Body.ToString());
        Assert.Contains("A message of the queue is not ours", scene.Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody's message", scene.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_storage_is_away_posts_are_503_and_no_restart_is_needed_when_it_is_back()
    {
        await using var own = await Azurite.StartAsync();
        await using var scene = await CrashScene.SetBehindHostOnAsync(own);
        await scene.StartAsync();
        var load = scene.PostAsync(60);
        await Eventually.TrueAsync(() => scene.Acknowledged.Count >= 20, "part of the load is acknowledged");

        await own.StopAsync();
        await load;
        var whileAway = scene.Acknowledged.Count;
        using (var refused = await scene.Program.PostAsync(Samples.Documented))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.Contains("Retry-After")));
        }

        await own.RunAsync();
        await scene.WaitUntilLeadsAreTakenAgainAsync(whileAway);
        // What lost its message with the storage is overdue after a minute.
        await scene.WaitUntilTheTimerHasFoundAllAsync();
        Assert.All(scene.Refusals.Keys, status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        Assert.All(scene.MailedAgain().Values, count => Assert.Equal(2, count));
    }

    private async Task<CrashScene> SetAsync() => await CrashScene.SetBehindHostOnAsync(await azurite.GetAsync());

    private static QueueClient Queue(CrashScene scene) => new(scene.Account, DeliveryQueueSender.Name);

    /// <summary>A lead that was accepted and rung two minutes ago, as another instance would have.</summary>
    private static async Task<LeadId> KeepOverdueAsync(CrashScene scene)
    {
        var account = SharedAzurite.Account(scene.Account);
        using var queue = new DeliveryQueueSender(account, TimeProvider.System, NullLogger.Instance);
        using var store = await AzureLeadStore.OpenAsync(account, "LeadFunctions", new DueSignal(), queue);
        return (await store.KeepAsync(TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(2), "crm", "mail")).Id;
    }
}
