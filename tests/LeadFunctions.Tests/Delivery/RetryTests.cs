using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

public sealed class RetryTests
{
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_failed_attempt_is_repeated_at_its_time_and_not_before()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Crm.FailNext(Fault.Status(503));
        var lead = await rig.PostAsync();
        var next = await rig.WaitForNextAttemptAsync(lead, "crm");
        Assert.InRange(next - rig.Time.GetUtcNow(), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
        await Eventually.TrueAsync(() => rig.Time.HasTimerAt(next), "the worker waits for the next attempt");

        rig.Time.Advance(next - rig.Time.GetUtcNow() - Instant);
        Assert.True(rig.Time.HasTimerAt(next));
        Assert.Single(rig.Crm.Requests);
        rig.Time.Advance(Instant);

        var delivery = await rig.WaitForStatusAsync(lead, "crm", "delivered");
        Assert.Equal(["retry", "delivered"], delivery.Outcomes());
        Assert.Equal(next, delivery.Starts()[1]);
        Assert.Single(rig.Crm.Rows);
    }

    [Fact]
    public async Task A_refusal_is_a_dead_letter_at_once_and_the_other_destination_delivers()
    {
        await using var rig = await DeliveryRig.StartAsync(("Destinations:crm:Columns:nosuchcolumn", "x"));

        var lead = await rig.PostAsync();

        var crm = await rig.WaitForStatusAsync(lead, "crm", "dead_letter");
        Assert.Equal(["rejected"], crm.Outcomes());
        Assert.Contains("nosuchcolumn", crm.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        await rig.WaitForStatusAsync(lead, "mail", "delivered");
    }

    [Fact]
    public async Task After_the_schedules_end_it_is_a_dead_letter()
    {
        await using var rig = await DeliveryRig.StartAsync(("Delivery:RetrySchedule", "00:00:10, 01:00:00"));
        rig.Crm.Always = Fault.Status(500);
        var lead = await rig.PostAsync();

        for (var attempts = 1; attempts <= 2; attempts++)
        {
            var delivery = await rig.WaitForAttemptsAsync(lead, "crm", attempts);
            rig.Time.Advance(delivery.GetProperty("nextAttemptAt").GetDateTimeOffset() - rig.Time.GetUtcNow());
            await rig.Crm.WaitForAsync(() => rig.Crm.Requests.Count == attempts + 1);
        }

        var dead = await rig.WaitForStatusAsync(lead, "crm", "dead_letter");
        Assert.Equal(["retry", "retry", "retry"], dead.Outcomes());
        Assert.StartsWith("Given up after 3 attempts.", dead.GetProperty("lastError").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dataverses_Retry_After_is_a_floor()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Crm.FailNext(DataverseFaults.ServiceProtection(retryAfterSeconds: 120));

        var lead = await rig.PostAsync();

        Assert.Equal(TimeSpan.FromSeconds(120), await rig.WaitForNextAttemptAsync(lead, "crm") - rig.Time.GetUtcNow());
    }

    [Fact]
    public async Task SendGrids_reset_time_is_a_floor()
    {
        await using var rig = await DeliveryRig.StartAsync();
        var reset = rig.Time.GetUtcNow() + TimeSpan.FromMinutes(3);
        rig.Mail.FailNext(FakeSendGrid.RateLimited(reset));

        var lead = await rig.PostAsync();

        Assert.Equal(reset, await rig.WaitForNextAttemptAsync(lead, "mail"));
    }

    [Fact]
    public async Task An_attempt_without_an_answer_ends_in_time_and_is_recorded_as_unanswered()
    {
        await using var rig = await DeliveryRig.StartAsync(("Delivery:AttemptTimeout", "00:00:20"));
        rig.Crm.FailNext(Fault.Hang);
        var lead = await rig.PostAsync();
        await rig.Crm.WaitForAsync(() => rig.Crm.InFlight == 1);

        rig.Time.Advance(TimeSpan.FromSeconds(20));

        var delivery = await rig.WaitForAttemptsAsync(lead, "crm", 1);
        Assert.Equal(["unanswered"], delivery.Outcomes());
        Assert.Equal(20_000, delivery.GetProperty("attempts")[0].GetProperty("durationMs").GetInt64());
        Assert.Contains("may have arrived", delivery.GetProperty("lastError").GetString(), StringComparison.Ordinal);
    }
}
