using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Store;

public abstract partial class LeadStoreContract
{
    [Fact]
    public async Task Attempts_are_kept_in_the_order_in_which_they_were_made()
    {
        var lead = await Store.KeepAsync(Now, "crm", "mail");
        await Store.RetryAsync(await Store.TakeOneAsync(Now), Now, Now, "first");
        await Store.TakeOneAsync(Now);
        var last = Now + StoreCalls.LeaseTime;
        await Store.DeliveredAsync(await Store.TakeOneAsync(last), last, "row-1");

        var crm = await Store.DeliveryAsync(lead.Id);

        Assert.Equal(["retry", "interrupted", "delivered"], crm.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(new DeliveryAttempt(Now, TimeSpan.FromMilliseconds(12), 503, "retry", "first"), crm.Attempts[0]);
        Assert.Equal(new DeliveryState(DeliveryStatus.Delivered, null, 1, null, "row-1"), crm.State);
        Assert.Empty((await Store.DeliveryAsync(lead.Id, "mail")).Attempts);
    }

    [Fact]
    public async Task What_is_finished_is_never_taken_again()
    {
        await Store.KeepAsync(Now, "crm");
        await Store.KeepAsync(Now, "crm");
        var taken = (await Store.TakeAsync(Now)).Deliveries;
        await Store.DeliveredAsync(taken[0], Now);
        await Store.DeadLetterAsync(taken[1], Now);

        var claim = await Store.TakeAsync(Now + TimeSpan.FromDays(365));

        Assert.Empty(claim.Deliveries);
        Assert.Null(claim.NextDue);
    }

    [Fact]
    public async Task A_dead_letter_keeps_its_reason()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now, "no such column");

        Assert.Equal(new DeliveryState(DeliveryStatus.DeadLetter, null, 1, "no such column", null), (await Store.DeliveryAsync(lead.Id)).State);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_cannot_overwrite_the_next_ones_state()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        var late = await Store.TakeOneAsync(Now);
        var current = await Store.TakeOneAsync(Now + StoreCalls.LeaseTime);

        Assert.False(await Store.RetryAsync(late, Now, Now + TimeSpan.FromDays(1)));
        Assert.False(await Store.DeadLetterAsync(late, Now));

        var delivery = await Store.DeliveryAsync(lead.Id);
        Assert.Equal(DeliveryStatus.InFlight, delivery.State.Status);
        Assert.Equal(["interrupted"], delivery.Attempts.Select(attempt => attempt.Outcome));
        Assert.True(await Store.RetryAsync(current, Now, Now + TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task What_has_arrived_is_recorded_even_when_the_lease_was_lost()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        var late = await Store.TakeOneAsync(Now);
        var current = await Store.TakeOneAsync(Now + StoreCalls.LeaseTime);

        Assert.True(await Store.DeliveredAsync(late, Now, "row-1"));

        Assert.Equal(DeliveryStatus.Delivered, (await Store.DeliveryAsync(lead.Id)).State.Status);
        Assert.False(await Store.RetryAsync(current, Now, Now));
        Assert.False(await Store.DeliveredAsync(current, Now, "row-2"));
        Assert.Equal("row-1", (await Store.DeliveryAsync(lead.Id)).State.RemoteId);
    }

    [Fact]
    public async Task A_result_is_recorded_once()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        var taken = await Store.TakeOneAsync(Now);
        Assert.True(await Store.RetryAsync(taken, Now, Now + TimeSpan.FromHours(1)));

        Assert.False(await Store.RetryAsync(taken, Now, Now));

        Assert.Equal(Now + TimeSpan.FromHours(1), (await Store.DeliveryAsync(lead.Id)).State.DueAt);
    }
}
