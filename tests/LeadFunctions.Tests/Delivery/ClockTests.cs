using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>A clock that somebody sets while leads wait.</summary>
public sealed class ClockTests
{
    [Theory]
    [InlineData(-3_600)]
    [InlineData(-86_400 * 400)]
    [InlineData(3_600)]
    [InlineData(86_400 * 400)]
    public async Task A_lead_posted_afterwards_is_delivered_at_once(int seconds)
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        await rig.PostAsync();
        await time.PassAsync(TimeSpan.FromSeconds(1), () => rig.Crm.Rows.Count == 1);

        rig.Time.Set(TimeSpan.FromSeconds(seconds));
        var lead = await rig.PostAsync();

        await rig.WaitForStatusAsync(lead, "crm", "delivered");
        await rig.WaitForStatusAsync(lead, "mail", "delivered");
        Assert.Equal((2, 2), (rig.Crm.Requests.Count, rig.Mail.Requests.Count));
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(-7_200)]
    [InlineData(-86_400 * 400)]
    public async Task What_was_due_when_the_clock_was_set_back_is_delivered_and_no_pause_grows(int seconds)
    {
        await using var rig = await DeliveryRig.StartAsync(("Delivery:RetrySchedule", "00:00:05, 00:00:05, 00:00:05, 00:00:05, 00:00:05, 00:00:05, 00:00:05, 00:00:05"));
        using var time = new PassingTime(rig);
        rig.Crm.Always = Fault.Status(503);
        for (var lead = 0; lead < 20; lead++)
        {
            await rig.PostAsync();
        }

        await time.PassAsync(TimeSpan.FromSeconds(2));
        rig.Time.Set(TimeSpan.FromSeconds(seconds));
        rig.Crm.Always = null;
        // Those that were tried wait for as long as the clock was set back, at most for the longest wait that there is; the others don't.
        await time.PassAsync(TimeSpan.FromMinutes(3), () => rig.Crm.Rows.Count >= 8);
        Assert.InRange(rig.Crm.Rows.Count, 8, 20);
        await time.PassAsync(TimeSpan.FromSeconds(-seconds) < TimeSpan.FromHours(3) ? TimeSpan.FromSeconds(-seconds) + TimeSpan.FromMinutes(1) : TimeSpan.FromMinutes(5));

        Assert.Equal(20, rig.Crm.Rows.Count);
        Assert.Equal(20, rig.Mail.Requests.Count);
    }

    [Fact]
    public async Task What_a_clock_put_off_by_a_year_is_delivered_after_a_restart_with_the_right_time()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Time.Set(TimeSpan.FromDays(365));
        rig.Crm.FailNext(Fault.Status(503));
        var lead = await rig.PostAsync();
        await rig.WaitForAttemptsAsync(lead, "crm", 1);

        rig.Time.Set(-TimeSpan.FromDays(365));
        await rig.RestartAsync([.. rig.CrmSettings, .. rig.MailSettings]);

        await rig.WaitForStatusAsync(lead, "crm", "delivered");
        Assert.Single(rig.Crm.Rows);
    }

    [Fact]
    public async Task An_attempt_takes_as_long_as_it_takes_whatever_the_clock_says()
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var gate = rig.Crm.Hold();
        var lead = await rig.PostAsync();
        await rig.Crm.WaitForAsync(() => rig.Crm.InFlight == 1);
        rig.Time.Advance(TimeSpan.FromSeconds(3));
        rig.Time.Set(TimeSpan.FromHours(-2));
        gate.Release();

        var attempt = (await rig.WaitForStatusAsync(lead, "crm", "delivered")).GetProperty("attempts")[0];

        Assert.Equal(3_000, attempt.GetProperty("durationMs").GetInt64());
    }

    [Fact]
    public async Task What_is_under_way_while_the_clock_jumps_over_its_lease_is_sent_once()
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var crm = rig.Crm.Hold();
        using var mail = rig.Mail.Hold();
        var lead = await rig.PostAsync();
        await rig.Crm.WaitForAsync(() => rig.Crm.InFlight == 1);
        await rig.Mail.WaitForAsync(() => rig.Mail.InFlight == 1);

        rig.Time.Set(TimeSpan.FromDays(1));
        var other = await rig.PostAsync();
        crm.Release();
        mail.Release();

        foreach (var id in new[] { lead, other })
        {
            Assert.Equal(["delivered"], (await rig.WaitForStatusAsync(id, "crm", "delivered")).Outcomes());
            Assert.Equal(["delivered"], (await rig.WaitForStatusAsync(id, "mail", "delivered")).Outcomes());
        }

        Assert.Equal((2, 2), (rig.Crm.Requests.Count, rig.Mail.Requests.Count));
    }
}
