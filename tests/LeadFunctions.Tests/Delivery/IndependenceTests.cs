using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

public sealed class IndependenceTests
{
    [Fact]
    public async Task A_destination_that_hangs_delays_neither_the_other_nor_intake()
    {
        await using var rig = await DeliveryRig.StartAsync(("Delivery:Concurrency", "2"));
        // Let go at the end: a program that stops waits for what hangs.
        using var hanging = rig.Crm.Hold();

        for (var number = 0; number < 12; number++)
        {
            await rig.PostAsync();
        }

        await rig.Mail.WaitForAsync(() => rig.Mail.Mails.Count == 12);
        await rig.Crm.WaitForAsync(() => rig.Crm.InFlight == 2);
        Assert.Empty(rig.Crm.Rows);
    }

    [Fact]
    public async Task There_are_never_more_attempts_at_once_than_allowed()
    {
        await using var rig = await DeliveryRig.StartAsync(("Delivery:Concurrency", "3"));
        using var gate = rig.Crm.Hold();
        for (var number = 0; number < 12; number++)
        {
            await rig.PostAsync();
        }

        await rig.Crm.WaitForAsync(() => rig.Crm.InFlight == 3);
        gate.Release();

        await rig.Crm.WaitForAsync(() => rig.Crm.Rows.Count == 12);
        Assert.Equal(3, rig.Crm.MostInFlight);
        Assert.Equal(12, rig.Crm.Requests.Count);
    }

    [Fact]
    public async Task What_waits_for_a_destination_that_was_removed_is_kept_named_and_delivered_when_it_is_back()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Crm.Always = Fault.Status(503);
        var lead = await rig.PostAsync();
        var next = await rig.WaitForNextAttemptAsync(lead, "crm");

        await rig.RestartAsync(rig.MailSettings);
        rig.Time.Advance(next - rig.Time.GetUtcNow());

        var health = await rig.App.Client.GetStringAsync("/api/health/ready", TestContext.Current.CancellationToken);
        Assert.Contains("\"notConfigured\":[\"crm\"]", health, StringComparison.Ordinal);
        await rig.WaitForStatusAsync(lead, "crm", "pending");
        rig.Crm.Always = null;
        await rig.RestartAsync([.. rig.CrmSettings, .. rig.MailSettings]);
        await rig.WaitForStatusAsync(lead, "crm", "delivered");
        Assert.Single(rig.Mail.Mails);
    }

    [Fact]
    public async Task A_graceful_stop_lets_attempts_under_way_finish()
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var gate = rig.Mail.Hold();
        var lead = await rig.PostAsync();
        await rig.Mail.WaitForAsync(() => rig.Mail.InFlight == 1);

        var stopping = rig.App.App.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => rig.App.App.Lifetime.ApplicationStopping.IsCancellationRequested, "the program is stopping");
        Assert.False(stopping.IsCompleted);
        gate.Release();
        await stopping;

        var run = await rig.App.Store.FindRunAsync(new LeadId(lead));
        Assert.All(run!.Deliveries, delivery => Assert.Equal(DeliveryStatus.Delivered, delivery.State.Status));
        Assert.Single(rig.Mail.Requests);
    }
}
