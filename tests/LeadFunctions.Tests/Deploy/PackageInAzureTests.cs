using System.Net;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Crash;
using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Deploy;

/// <summary>
/// The package with its leads in Azure Storage, and these tests in the place of the Functions host: it starts instances, brings messages, takes an
/// instance away, and lets the timer call.
/// </summary>
[Collection<Packaged>]
public sealed class PackageInAzureTests(Package package, SharedAzurite azurite)
{
    private readonly string _table = SharedAzurite.NewTable();

    [Fact]
    public async Task Killed_between_answer_and_delivery_the_claims_message_finishes_the_job_at_the_next_instance()
    {
        await using var scene = await SetAsync();
        await scene.StartAsync();
        var lead = await AcceptAndKillAsync(scene);

        // The dead instance's lease still stands: nobody may deliver yet.
        await scene.StartAsync();
        await ((HostedProgram)scene.Program).CallTimerAsync();
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.Mails.Count == 1);
        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.Rows.Count == 1);

        AssertArrivedOnce(scene, lead, requests: 2);
        Assert.Contains($"Leads are kept in the table {_table} of the storage account test", scene.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_lost_its_message_is_delivered_by_the_timers_call()
    {
        await using var scene = await SetAsync();
        await scene.StartAsync();
        using var store = await AzureLeadStore.OpenAsync(SharedAzurite.Account(scene.Account), _table, new DueSignal());
        var lead = await store.KeepAsync(TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(2), "crm", "mail");

        await ((HostedProgram)scene.Program).CallTimerAsync();

        // At the moment of the timer's answer; nothing is waited for.
        AssertArrivedOnce(scene, lead.Id, requests: 1);
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

    private static void AssertArrivedOnce(CrashScene scene, LeadId lead, int requests)
    {
        Assert.Equal(lead.Value, Assert.Single(scene.Dataverse.Rows).Key);
        Assert.Equal(lead.Value, Guid.Parse(Assert.Single(scene.SendGrid.Mails).CustomArgs["lead_id"]));
        Assert.Equal((requests, requests), (scene.Dataverse.Requests.Count, scene.SendGrid.Requests.Count));
    }

    private async Task<CrashScene> SetAsync() =>
        await CrashScene.SetAsync(async (folder, settings) => await package.StartBehindHostAsync(folder, settings), await InAzureAsync());

    /// <summary>What Azure, the host and infra/app.bicep set; the account by its connection string, because Azurite has no identities.</summary>
    private async Task<(string, string)[]> InAzureAsync() =>
    [
        ("WEBSITE_INSTANCE_ID", Guid.NewGuid().ToString("N")),
        ("WEBSITE_SKU", "FlexConsumption"),
        ("AzureWebJobsStorage", (await azurite.GetAsync()).NewAccount()),
        ("Store__Kind", "AzureStorage"),
        ("Store__Table", _table),
        ("Runs__Keys__team", "a-key-for-the-run-history"),
        ("Delivery__AttemptTimeout", "00:00:05"),
        ("Delivery__LeaseDuration", "00:00:06"),
    ];
}
