using System.Net;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>Real programs on one store in Azure Storage: several at once, killed, and with the storage gone.</summary>
public sealed class AzureInstancesTests(SharedAzurite azurite)
{
    private const int Kills = 3;

    private static readonly int Leads = CrashScene.LeadsOr(80);

    private static readonly TimeSpan Patience = CrashScene.PatienceFor(Leads);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Each_lead_has_one_row_and_one_mail_whichever_instance_took_it(int instances)
    {
        await using var scene = await CrashScene.SetAsync((await azurite.GetAsync()).NewStore());
        await scene.StartAsync();
        for (var other = 1; other < instances; other++)
        {
            await scene.StartAnotherAsync();
        }

        await scene.PostAsync(Leads);
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.Equal(Leads, scene.Acknowledged.Count);
        Assert.Equal(Leads, scene.Dataverse.Rows.Count);
        Assert.Equal(Leads, scene.Dataverse.Requests.Count(request => request.Method == "POST"));
        Assert.Equal(Leads, scene.SendGrid.Mails.Count);
    }

    [Fact]
    public async Task One_of_two_killed_in_the_middle_of_the_load_again_and_again_no_acknowledged_lead_is_lost()
    {
        await using var scene = await CrashScene.SetOnAsync(await azurite.GetAsync());
        await scene.StartAnotherAsync();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await scene.KillUnderLoadAsync(Leads / 2, enough: kill * Leads / 6, Patience);
        }

        await scene.StartAsync();
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.NotEmpty(scene.Acknowledged);
        Assert.True(scene.Dataverse.Rows.Count >= scene.Acknowledged.Count);
        scene.AssertAtMostOneExtraMail(Kills);
    }

    [Fact]
    public async Task While_the_storage_is_away_leads_are_answered_with_503_and_no_restart_is_needed_when_it_is_back()
    {
        await using var own = await Azurite.StartAsync();
        await using var scene = await CrashScene.SetOnAsync(own);
        await scene.StartAsync();
        var load = scene.PostAsync(100);
        await Eventually.TrueAsync(() => scene.Acknowledged.Count >= 30, "part of the load is acknowledged");

        await own.StopAsync();
        await load;
        var whileAway = scene.Acknowledged.Count;
        using (var refused = await scene.Program.PostAsync(Samples.Documented))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.Contains("Retry-After")));
            Assert.DoesNotContain("devstoreaccount1", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using (var ready = await scene.Program.Client.GetAsync("/api/health/ready", TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        }

        await own.RunAsync();
        await scene.WaitUntilLeadsAreTakenAgainAsync(whileAway);
        await scene.WaitUntilAllArrivedAsync(Patience);

        Assert.All(scene.Refusals.Keys, status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        Assert.All(scene.MailedAgain().Values, count => Assert.Equal(2, count));
        Assert.DoesNotContain("Eby8vdM02", scene.Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("contoso.example", scene.Program.Output, StringComparison.Ordinal);
    }
}
