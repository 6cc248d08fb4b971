using System.Net;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>kill -9, start again, and compare what was acknowledged with what arrived; with every store.</summary>
public abstract class KillTests
{
    /// <summary>How many are posted.</summary>
    private protected virtual int Leads { get; } = CrashScene.LeadsOr(200);

    private TimeSpan Patience => CrashScene.PatienceFor(Leads);

    private protected abstract Task<CrashScene> SetAsync();

    [Fact]
    public async Task While_the_destinations_are_slow_no_acknowledged_lead_is_lost()
    {
        await using var scene = await SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Delay(TimeSpan.FromMilliseconds(200));
        await scene.StartAsync();
        await scene.PostAsync(Leads);

        await scene.Program.KillAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await scene.StartAsync();
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.Equal(Leads, scene.Acknowledged.Count);
        Assert.Equal(Leads, scene.Dataverse.Rows.Count);
        scene.AssertAtMostOneExtraMail(kills: 1);
    }

    [Fact]
    public async Task While_the_destinations_are_down_no_acknowledged_lead_is_lost()
    {
        await using var scene = await SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Status((int)HttpStatusCode.ServiceUnavailable);
        await scene.StartAsync();
        await scene.PostAsync(Leads);

        await scene.Program.KillAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await scene.StartAsync();
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.Equal(Leads, scene.Acknowledged.Count);
        Assert.Equal(Leads, scene.Dataverse.Rows.Count);
        Assert.Empty(scene.MailedAgain());
    }

    [Fact]
    public async Task In_the_middle_of_a_healthy_load_again_and_again_no_acknowledged_lead_is_lost()
    {
        const int Kills = 4;
        await using var scene = await SetAsync();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await scene.KillUnderLoadAsync(Leads, enough: kill * Leads / 4, Patience);
        }

        await scene.StartAsync();
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.NotEmpty(scene.Acknowledged);
        // A lead whose 202 was cut off by the kill may be there too: it was stored, but never acknowledged.
        Assert.True(scene.Dataverse.Rows.Count >= scene.Acknowledged.Count);
        scene.AssertAtMostOneExtraMail(Kills);
    }

    [Fact]
    public async Task Between_a_destinations_success_and_our_record_of_it_there_is_one_row_and_one_more_mail_at_most()
    {
        await using var scene = await SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.HangAfterHandling;
        await scene.StartAsync();
        await scene.PostAsync(1);
        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.Rows.Count == 1);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.Mails.Count == 1);

        await scene.Program.KillAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await scene.StartAsync();
        var lead = Assert.Single(scene.Acknowledged);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.Mails.Count == 2);
        await Eventually.TrueAsync(() => scene.CreatesOf(lead) == 2, "the row was asked for again");

        Assert.Single(scene.Dataverse.Rows);
        Assert.Equal(2, scene.MailedAgain()[lead]);
        var run = await scene.Program.Client.GetStringAsync($"/api/runs/{lead}", TestContext.Current.CancellationToken);
        Assert.Contains("interrupted", run, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_resubmitting_no_delivery_is_lost()
    {
        await using var scene = await SetAsync();
        scene.Dataverse.Always = Fault.Status((int)HttpStatusCode.BadRequest);
        await scene.StartAsync();
        await scene.PostAsync(Leads);
        await Eventually.TrueAsync(async () => (await scene.Program.Client.GetStringAsync("/api/health/ready", TestContext.Current.CancellationToken)).Contains($"\"deadLetters\":{Leads}", StringComparison.Ordinal), "all rows are dead letters", Patience);
        scene.Dataverse.Always = Fault.Delay(TimeSpan.FromMilliseconds(50));

        var resubmit = scene.Program.PostAsync("", "/api/runs/resubmit");
        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.Rows.Count > 0);
        await scene.Program.KillAsync();
        await Record.ExceptionAsync(async () => (await resubmit).Dispose());
        await scene.StartAsync();
        using var again = await scene.Program.PostAsync("", "/api/runs/resubmit");
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.Equal(Leads, scene.Dataverse.Rows.Count);
        Assert.Empty(scene.MailedAgain());
    }

    [Fact]
    public async Task During_the_start_and_its_migration_the_store_stays_usable()
    {
        await using var scene = await SetAsync();
        for (var milliseconds = 0; milliseconds < 400; milliseconds += 40)
        {
            await scene.StartAndKillAsync(TimeSpan.FromMilliseconds(milliseconds));
        }

        await scene.StartAsync();
        await scene.PostAsync(5);
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.Equal(5, scene.Acknowledged.Count);
    }
}
