using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

public sealed class DestinationLoopTests
{
    private static readonly DeliveryOutcome Down = new DeliveryOutcome.Retry(503, "Down.");
    private static readonly DeliveryOutcome Arrived = new DeliveryOutcome.Delivered(204, "row-1");

    [Fact]
    public async Task A_result_that_the_store_could_not_take_is_recorded_later_and_the_lead_is_not_sent_again()
    {
        await using var rig = new WorkerRig(_ => Arrived);
        rig.Store.FailsToRecord = true;
        var lead = await rig.KeepAsync();
        await Eventually.TrueAsync(() => rig.Store.Failures > 0, "the store was asked in vain");

        // Longer than the lease: a claim would get the same delivery again.
        for (var second = 0; second < 150; second++)
        {
            var failures = rig.Store.Failures;
            await Eventually.TrueAsync(
                () =>
                {
                    // Once more when its wait hadn't begun yet.
                    rig.Time.Advance(TimeSpan.FromSeconds(1));
                    return rig.Store.Failures > failures;
                },
                "the store is asked each second");
            // Queues behind whatever the worker asks of the store.
            await rig.Store.CheckAsync(rig.Time.GetUtcNow());
        }

        rig.Store.FailsToRecord = false;
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(async () => (await rig.DeliveryAsync(lead)).State.Status == DeliveryStatus.Delivered, "the delivery is recorded");
        Assert.Equal([lead], rig.Sent);
        Assert.Equal(["delivered"], (await rig.DeliveryAsync(lead)).Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task A_store_that_cannot_be_asked_is_asked_again()
    {
        await using var rig = new WorkerRig(_ => Arrived);
        rig.Store.FailsToClaim = true;
        var lead = await rig.KeepAsync();
        await Eventually.TrueAsync(() => rig.Store.Failures > 0, "the store was asked in vain");
        rig.Store.FailsToClaim = false;

        await Eventually.TrueAsync(
            async () =>
            {
                rig.Time.Advance(TimeSpan.FromSeconds(1));
                return (await rig.DeliveryAsync(lead)).State.Status == DeliveryStatus.Delivered;
            },
            "the delivery is recorded");

        Assert.Equal([lead], rig.Sent);
    }

    [Fact]
    public async Task What_has_become_of_an_appointment_is_read_before_people_are_told_and_until_it_can_be_nothing_is_sent()
    {
        var told = new List<string?>();
        await using var rig = new WorkerRig(
            lead =>
            {
                told.Add($"{lead.Event} {lead.Content.Text("StartTime")}");
                return Arrived;
            },
            keepsRow: false);
        rig.Store.FailsToFindNewest = true;
        await rig.KeepEventAsync("updated", 2, """{"StartTime":"2026-12-05T15:00:00Z"}""");
        var created = await rig.KeepEventAsync("created", 1, """{"StartTime":"2026-12-02T10:00:00Z"}""", new PlannedDelivery("crm"));
        await Eventually.TrueAsync(async () => (await rig.DeliveryAsync(created)).Attempts.Count > 0, "it was tried");
        Assert.Contains("could not be read from the store", (await rig.DeliveryAsync(created)).Attempts[0].Error, StringComparison.Ordinal);
        Assert.Empty(rig.Sent);
        rig.Store.FailsToFindNewest = false;

        await Eventually.TrueAsync(
            async () =>
            {
                rig.Time.Advance(TimeSpan.FromSeconds(1));
                return (await rig.DeliveryAsync(created)).State.Status == DeliveryStatus.Delivered;
            },
            "the delivery is recorded");

        Assert.Equal([created], rig.Sent);
        Assert.Equal(["created 2026-12-05T15:00:00Z"], told);
    }

    [Fact]
    public async Task A_claim_that_took_so_long_that_another_worker_may_have_it_too_is_not_sent()
    {
        await using var rig = new WorkerRig(_ => Arrived);
        // The lease is two minutes; an attempt gets 30 seconds, and is worth no try with less than half of them.
        rig.Store.WhileClaiming = () => rig.Time.Advance(TimeSpan.FromSeconds(106));
        var lead = await rig.KeepAsync();

        await Eventually.TrueAsync(async () => (await rig.DeliveryAsync(lead)).Attempts.Count > 0, "the delivery is given back");
        Assert.Empty(rig.Sent);
        rig.Store.WhileClaiming = null;
        await Eventually.TrueAsync(
            async () =>
            {
                rig.Time.Advance(TimeSpan.FromSeconds(1));
                return (await rig.DeliveryAsync(lead)).State.Status == DeliveryStatus.Delivered;
            },
            "it is sent with the next claim");

        Assert.Equal([lead], rig.Sent);
        var attempts = (await rig.DeliveryAsync(lead)).Attempts;
        Assert.Equal(["interrupted", "delivered"], attempts.Select(attempt => attempt.Outcome).Distinct());
        Assert.EndsWith("nothing was sent.", attempts[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_that_cuts_an_attempt_off_gives_the_delivery_back_and_counts_as_no_interruption()
    {
        WorkerRig? rig = null;
        await using var worker = rig = new WorkerRig(_ => Arrived, _ => Task.Delay(Timeout.Infinite, rig!.Abandoned));
        var lead = await rig.KeepAsync();
        await Eventually.TrueAsync(async () => (await rig.DeliveryAsync(lead)).State.Status == DeliveryStatus.InFlight, "the attempt is under way");

        await rig.CutOffAsync();

        var delivery = await rig.DeliveryAsync(lead);
        Assert.Equal(DeliveryStatus.Pending, delivery.State.Status);
        Assert.Equal(["interrupted"], delivery.Attempts.Select(attempt => attempt.Outcome));
        var now = rig.Time.GetUtcNow();
        var again = Assert.Single((await rig.Store.ClaimAsync("crm", 1, [], now, now + TimeSpan.FromMinutes(2))).Deliveries);
        Assert.Equal((0, 0), (again.Interruptions, again.Failures));
    }

    [Fact]
    public async Task A_bug_in_a_destination_is_a_failed_attempt_without_its_words()
    {
        await using var rig = new WorkerRig(_ => throw new InvalidOperationException("someone@example.com"));

        var lead = await rig.KeepAsync();

        await Eventually.TrueAsync(async () => (await rig.DeliveryAsync(lead)).Attempts.Count == 1, "the attempt is recorded");
        var attempt = (await rig.DeliveryAsync(lead)).Attempts[0];
        Assert.Equal("retry", attempt.Outcome);
        Assert.Contains("InvalidOperationException", attempt.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("someone@example.com", attempt.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_means_that_everything_due_has_been_tried()
    {
        await using var rig = new WorkerRig(_ => Arrived);
        var leads = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.KeepAsync()));

        await rig.Worker.WhenIdleAsync(TestContext.Current.CancellationToken);

        Assert.Equal(leads.Select(lead => lead.Value).Order(), rig.Sent.Select(lead => lead.Value).Order());
        foreach (var lead in leads)
        {
            Assert.Equal(DeliveryStatus.Delivered, (await rig.DeliveryAsync(lead)).State.Status);
        }
    }

    [Fact]
    public async Task A_worker_with_nothing_to_do_is_idle()
    {
        await using var rig = new WorkerRig(_ => Arrived);

        await rig.Worker.WhenIdleAsync(TestContext.Current.CancellationToken);

        Assert.Empty(rig.Sent);
    }

    [Fact]
    public async Task Who_waits_for_an_idle_worker_waits_for_short_pauses_and_not_for_a_destination_that_is_left_alone_for_longer()
    {
        var outcome = Down;
        await using var rig = new WorkerRig(_ => outcome);
        var leads = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => rig.KeepAsync()));

        var before = rig.Time.GetUtcNow();
        await PassUntilAsync(rig, rig.Worker.WhenIdleAsync(TestContext.Current.CancellationToken));
        // Pauses of 1, 2 and 4 s; the next one is of 8, and is not over.
        Assert.InRange(rig.Time.GetUtcNow() - before, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(14));
        var tried = rig.Sent.Count;
        await rig.Worker.WhenIdleAsync(TestContext.Current.CancellationToken);
        Assert.Equal(tried, rig.Sent.Count);
        Assert.True(rig.Sent.Distinct().Count() < leads.Length);

        outcome = Arrived;
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await rig.Worker.WhenIdleAsync(TestContext.Current.CancellationToken);
        foreach (var lead in leads)
        {
            Assert.Equal(DeliveryStatus.Delivered, (await rig.DeliveryAsync(lead)).State.Status);
        }
    }

    [Fact]
    public async Task What_is_under_way_is_waited_for_however_long_the_destination_is_left_alone()
    {
        using var all = new Gate();
        using var last = new Gate();
        var sent = 0;
        await using var rig = new WorkerRig(_ => new DeliveryOutcome.Retry(429, "Too many.", TimeSpan.FromMinutes(1)), HoldAsync);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rig.KeepAsync()));
        var idle = rig.Worker.WhenIdleAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => rig.Sent.Count == 3, "three of four are answered");

        await rig.Store.CheckAsync(rig.Time.GetUtcNow());
        Assert.False(idle.IsCompleted);
        last.Release();

        await idle;
        Assert.Equal(4, rig.Sent.Count);

        // Three are answered when all four are under way, the last one when the test says so.
        Task HoldAsync(Lead lead)
        {
            if (Interlocked.Increment(ref sent) < 4)
            {
                return all.PassAsync(TestContext.Current.CancellationToken);
            }

            all.Release();
            return last.PassAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A second after the other, when what it was waiting for hasn't come by itself.</summary>
    private static async Task PassUntilAsync(WorkerRig rig, Task task)
    {
        while (await Task.WhenAny(task, Task.Delay(50, TestContext.Current.CancellationToken)) != task)
        {
            // While an attempt is under way the soonest is the end of its time, and no pause.
            if (rig.Time.Next - rig.Time.GetUtcNow() is { } next && next <= TimeSpan.FromSeconds(5))
            {
                rig.Time.Advance(next);
            }
        }

        await task;
    }
}
