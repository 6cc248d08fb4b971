using System.Diagnostics;
using System.Globalization;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>Programs that stand still for longer than their leases (SIGSTOP: a frozen container, a suspended machine), and instances whose clocks differ.</summary>
public sealed class FreezeTests(SharedAzurite azurite)
{
    private const int Leads = 40;

    private static readonly (string, string)[] ShortLease = [("Delivery__LeaseDuration", "00:00:02"), ("Delivery__AttemptTimeout", "00:00:01")];

    [Fact]
    public async Task Frozen_beyond_its_leases_a_program_alone_goes_on_where_it_was()
    {
        await using var scene = await CrashScene.SetAsync(ShortLease);
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Delay(TimeSpan.FromMilliseconds(100));
        await scene.StartAsync();
        await scene.PostAsync(Leads);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.InFlight > 0);

        await FreezeAsync(scene.Program);
        await SignalAsync(scene.Program, "CONT");
        await scene.WaitUntilAllArrivedAsync();

        Assert.Equal(Leads, scene.Acknowledged.Count);
        Assert.Equal(Leads, scene.Dataverse.Rows.Count);
        scene.AssertAtMostOneExtraMail(kills: 1);
    }

    [Fact]
    public async Task What_a_frozen_instance_had_is_delivered_by_another_and_no_row_is_made_again_when_it_wakes()
    {
        await using var scene = await CrashScene.SetAsync([.. (await azurite.GetAsync()).NewStore(), .. ShortLease]);
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Delay(TimeSpan.FromMilliseconds(100));
        await scene.StartAsync();
        await scene.PostAsync(Leads);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.InFlight > 0);

        await FreezeAsync(scene.Program);
        await scene.StartAnotherAsync();
        await scene.WaitUntilAllArrivedAsync(TimeSpan.FromSeconds(60));
        await SignalAsync(scene.Program, "CONT");
        await scene.PostAsync(Leads);
        await scene.WaitUntilAllArrivedAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(2 * Leads, scene.Acknowledged.Count);
        Assert.Equal(2 * Leads, scene.Dataverse.Rows.Count);
        // What it was about to write when it froze it writes when it wakes: nothing at SendGrid could tell.
        scene.AssertAtMostOneExtraMail(kills: 1);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    [InlineData(45)]
    public async Task Instances_whose_clocks_differ_deliver_each_lead_once(int seconds)
    {
        await using var crm = await FakeDataverse.StartAsync();
        await using var mail = await FakeSendGrid.StartAsync(CrashScene.ApiKey);
        crm.Always = mail.Always = Fault.Delay(TimeSpan.FromMilliseconds(50));
        (string Key, string Value)[] settings =
        [
            .. (await azurite.GetAsync()).NewStore(),
            ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
            ("Destinations:mail:Kind", "SendGrid"), ("Destinations:mail:Host", mail.Url.ToString()), ("Destinations:mail:ApiKey", CrashScene.ApiKey),
            ("Destinations:mail:From", "leads@contoso.example"), ("Destinations:mail:To", "sales@contoso.example"),
        ];
        await using var right = await LeadApp.StartAsync(settings);
        await using var wrong = await LeadApp.StartAsync(settings, new OffClock(TimeSpan.FromSeconds(seconds)));

        var leads = await Task.WhenAll(Enumerable.Range(0, Leads).Select(number => (number % 2 == 0 ? right : wrong).AcceptAsync($$$"""{"OfferTitle":"{{{Guid.NewGuid()}}}"}""")));
        await Eventually.TrueAsync(() => crm.Rows.Count == Leads && mail.Mails.Count == Leads, "all have arrived", TimeSpan.FromSeconds(60));
        foreach (var lead in leads)
        {
            await right.WaitForStatusAsync(lead.LeadId, "delivered");
        }

        Assert.Equal((Leads, Leads), (crm.Requests.Count, mail.Requests.Count));
    }

    /// <summary>For a process nothing else makes time pass.</summary>
    private static async Task FreezeAsync(LeadProgram program)
    {
        await SignalAsync(program, "STOP");
        var frozen = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => frozen.Elapsed > TimeSpan.FromSeconds(3), "its leases are over");
    }

    private static async Task SignalAsync(LeadProgram program, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", program.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private sealed class OffClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
