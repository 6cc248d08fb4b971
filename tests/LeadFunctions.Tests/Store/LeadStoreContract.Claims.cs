using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

public abstract partial class LeadStoreContract
{
    [Fact]
    public async Task A_claim_takes_no_more_than_asked_and_the_oldest_due_first()
    {
        var newest = await Store.KeepAsync(Now, "crm");
        var oldest = await Store.KeepAsync(Now - TimeSpan.FromMinutes(2), "crm");
        var middle = await Store.KeepAsync(Now - TimeSpan.FromMinutes(1), "crm");

        var first = await Store.TakeAsync(Now, most: 2);
        var second = await Store.TakeAsync(Now, most: 2);

        Assert.Equal(new[] { oldest.Id.Value, middle.Id.Value }.Order(), first.Deliveries.Select(delivery => delivery.Lead.Id.Value).Order());
        Assert.Equal([newest.Id], second.Deliveries.Select(delivery => delivery.Lead.Id));
    }

    [Fact]
    public async Task The_trace_context_of_a_lead_comes_with_each_claim()
    {
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var lead = Posted.Lead("{}", Now) with { Trace = Trace };
        await Store.AcceptAsync(lead, StoreCalls.Print("traced"), null, [new PlannedDelivery("crm")]);
        var silent = await Store.KeepAsync(Now, "mail");

        var delivery = await Store.TakeOneAsync(Now);

        Assert.Equal(Trace, delivery.Lead.Trace);
        Assert.Null((await Store.FindRunAsync(silent.Id))!.Lead.Trace);
    }

    [Fact]
    public async Task A_claim_takes_only_its_own_destinations_deliveries()
    {
        await Store.KeepAsync(Now, "mail");

        var claim = await Store.TakeAsync(Now);

        Assert.Empty(claim.Deliveries);
        Assert.Null(claim.NextDue);
    }

    [Fact]
    public async Task One_leads_delivery_can_be_claimed_before_older_ones_when_it_is_due_and_nobodys()
    {
        await Store.KeepAsync(Now - TimeSpan.FromMinutes(1), "crm");
        var lead = await Store.KeepAsync(Now, "crm", "mail");
        Task<Claim> OnlyAsync(DateTimeOffset now, params IReadOnlyCollection<long> held) => Store.ClaimAsync("crm", 5, held, now, now + StoreCalls.LeaseTime, lead.Id);

        Assert.Empty((await OnlyAsync(Now - TimeSpan.FromSeconds(1))).Deliveries);
        var taken = Assert.Single((await OnlyAsync(Now)).Deliveries);
        Assert.Equal((lead.Id, "crm"), (taken.Lead.Id, taken.Destination));
        Assert.Empty((await OnlyAsync(Now)).Deliveries);

        await Store.RetryAsync(taken, Now, Now + TimeSpan.FromSeconds(5));
        Assert.Empty((await OnlyAsync(Now + TimeSpan.FromSeconds(4))).Deliveries);
        Assert.Empty((await OnlyAsync(Now + TimeSpan.FromSeconds(5), taken.Key)).Deliveries);
        Assert.Equal(1, Assert.Single((await OnlyAsync(Now + TimeSpan.FromSeconds(5))).Deliveries).Failures);
        Assert.Empty((await Store.ClaimAsync("crm", 5, [], Now, Now + StoreCalls.LeaseTime, LeadId.New(Now))).Deliveries);
    }

    [Fact]
    public async Task Claims_at_the_same_moment_never_take_the_same_delivery()
    {
        var leads = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Store.KeepAsync(Now, "crm")));

        var claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => Store.TakeAsync(Now, most: 7))));

        var taken = claims.SelectMany(claim => claim.Deliveries).Select(delivery => delivery.Lead.Id.Value).Order();
        Assert.Equal(leads.Select(lead => lead.Id.Value).Order(), taken);
        Assert.All(claims, claim => Assert.InRange(claim.Deliveries.Count, 0, 7));
    }

    [Fact]
    public async Task What_is_not_due_yet_is_not_taken_and_says_when_it_will_be()
    {
        await Store.KeepAsync(Now, "crm");
        var due = Now + TimeSpan.FromSeconds(30);
        Assert.True(await Store.RetryAsync(await Store.TakeOneAsync(Now), Now, due));

        var before = await Store.TakeAsync(due - TimeSpan.FromMilliseconds(1));
        var after = await Store.TakeOneAsync(due);

        Assert.Empty(before.Deliveries);
        Assert.Equal(due, before.NextDue);
        Assert.Equal((1, 2), (after.Failures, after.ClaimNumber));
    }

    [Fact]
    public async Task The_next_due_time_is_the_soonest_of_all_that_wait()
    {
        await Store.KeepAsync(Now, "crm");
        await Store.KeepAsync(Now, "crm");
        var taken = (await Store.TakeAsync(Now)).Deliveries;
        await Store.RetryAsync(taken[0], Now, Now + TimeSpan.FromHours(1));
        await Store.RetryAsync(taken[1], Now, Now + TimeSpan.FromMinutes(1));
        await Store.KeepAsync(Now + TimeSpan.FromMinutes(2), "crm");

        Assert.Equal(Now + TimeSpan.FromMinutes(1), (await Store.TakeAsync(Now)).NextDue);
    }

    [Fact]
    public async Task A_claimed_delivery_is_nobody_elses_until_its_lease_ends()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        await Store.TakeOneAsync(Now);

        var other = await Store.TakeAsync(Now + StoreCalls.LeaseTime - TimeSpan.FromMilliseconds(1));

        Assert.Empty(other.Deliveries);
        Assert.Equal(Now + StoreCalls.LeaseTime, other.NextDue);
        Assert.Equal(DeliveryStatus.InFlight, (await Store.DeliveryAsync(lead.Id)).State.Status);
    }

    [Fact]
    public async Task After_its_lease_a_delivery_is_taken_again_and_its_history_says_that_the_attempt_was_interrupted()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        await Store.TakeOneAsync(Now);

        var again = await Store.TakeOneAsync(Now + StoreCalls.LeaseTime);

        Assert.Equal((lead.Id, 0), (again.Lead.Id, again.Failures));
        var attempt = Assert.Single((await Store.DeliveryAsync(lead.Id)).Attempts);
        Assert.Equal(("interrupted", Now), (attempt.Outcome, attempt.StartedAt));
    }

    [Fact]
    public async Task What_a_worker_still_holds_is_not_taken_again_even_when_its_lease_has_ended()
    {
        await Store.KeepAsync(Now, "crm");
        var held = Assert.Single((await Store.TakeAsync(Now)).Deliveries);
        var late = Now + TimeSpan.FromDays(1);

        var claim = await Store.TakeAsync(late, held: [held.Key]);

        Assert.Empty(claim.Deliveries);
        Assert.Null(claim.NextDue);
        Assert.Single((await Store.TakeAsync(late)).Deliveries);
    }
}
