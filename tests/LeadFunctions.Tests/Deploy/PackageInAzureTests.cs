using System.Net;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Crash;
using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Deploy;

/// <summary>
/// The package with its leads in Azure Storage, and these tests in the place of the Functions host: it starts instances, posts a lead,
/// takes an instance away, and lets the timer call.
/// </summary>
[Collection<Packaged>]
public sealed class PackageInAzureTests(Package package, SharedAzurite azurite)
{
    private readonly string _table = SharedAzurite.NewTable();

    [Fact]
    public async Task Killed_between_answer_and_delivery_the_timers_call_at_the_next_instance_finishes_the_job()
    {
        await using var scene = await CrashScene.SetAsync(async (folder, settings) => await package.StartBehindHostAsync(folder, settings), await InAzureAsync());
        await scene.StartAsync();
        var lead = await AcceptAndKillAsync(scene);

        // The dead instance's lease still stands: nobody may deliver yet.
        await scene.StartAsync();
        await ((HostedProgram)scene.Program).CallTimerAsync();
        await WaitUntilDueAsync(lead);
        await ((HostedProgram)scene.Program).CallTimerAsync();

        AssertArrivedOnce(scene, lead);
        Assert.Contains($"Leads are kept in the table {_table} of the storage account devstoreaccount1", scene.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_while_another_instance_has_nothing_to_do_the_timers_call_at_that_one_finishes_the_job()
    {
        await using var scene = await CrashScene.SetAsync(async (folder, settings) => await package.StartBehindHostAsync(folder, settings), await InAzureAsync());
        await using var other = await package.StartBehindHostAsync(scene.Folder, scene.Settings);
        await other.CallTimerAsync();
        // It can't look for work by itself; nothing but the call makes it.
        await other.Host.SignalAsync("STOP");
        await scene.StartAsync();
        var lead = await AcceptAndKillAsync(scene);
        await WaitUntilDueAsync(lead);
        Assert.Equal((1, 1), (scene.Dataverse.Requests.Count, scene.SendGrid.Requests.Count));

        await other.Host.SignalAsync("CONT");
        await other.CallTimerAsync();

        AssertArrivedOnce(scene, lead);
    }

    /// <summary>A lead is answered with 202, both destinations have its request and keep their answers back, and the instance is killed.</summary>
    private static async Task<LeadId> AcceptAndKillAsync(CrashScene scene)
    {
        using var crm = scene.Dataverse.Hold();
        using var mail = scene.SendGrid.Hold();
        using var response = await scene.Program.PostAsync(Samples.Documented);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.InFlight == 1);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.InFlight == 1);

        await scene.Program.KillAsync();

        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.InFlight == 0);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.InFlight == 0);
        Assert.Empty(scene.Dataverse.Rows);
        Assert.Empty(scene.SendGrid.Mails);
        return LeadId.Parse(response.Headers.Location!.OriginalString.Split('/')[^1]);
    }

    /// <summary>At the moment of the timer's answer; nothing is waited for.</summary>
    private static void AssertArrivedOnce(CrashScene scene, LeadId lead)
    {
        Assert.Equal(lead.Value, Assert.Single(scene.Dataverse.Rows).Key);
        Assert.Equal(lead.Value, Guid.Parse(Assert.Single(scene.SendGrid.Mails).CustomArgs["lead_id"]));
        Assert.Equal((2, 2), (scene.Dataverse.Requests.Count, scene.SendGrid.Requests.Count));
    }

    /// <summary>The dead instance's leases are over; on a busy machine a living one may have been faster than this look.</summary>
    private async Task WaitUntilDueAsync(LeadId lead)
    {
        using var store = await AzureLeadStore.OpenAsync(SharedAzurite.Account((await azurite.GetAsync()).ConnectionString()), _table, new DueSignal());
        await Eventually.TrueAsync(
            async () => (await store.FindRunAsync(lead))!.Deliveries.All(delivery => delivery.State.Status == DeliveryStatus.Delivered || delivery.State.DueAt <= TimeProvider.System.GetUtcNow()),
            "both deliveries are due");
    }

    /// <summary>What Azure, the host and infra/app.bicep set; the account by its connection string, because Azurite has no identities.</summary>
    private async Task<(string, string)[]> InAzureAsync() =>
    [
        ("WEBSITE_INSTANCE_ID", Guid.NewGuid().ToString("N")),
        ("WEBSITE_SKU", "FlexConsumption"),
        ("AzureWebJobsStorage", (await azurite.GetAsync()).ConnectionString()),
        ("Store__Kind", "AzureStorage"),
        ("Store__Table", _table),
        ("Runs__Keys__team", "a-key-for-the-run-history"),
        ("Delivery__AttemptTimeout", "00:00:05"),
        ("Delivery__LeaseDuration", "00:00:06"),
    ];
}
