using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

// Several leads about one thing.
public abstract partial class LeadStoreContract
{
    private static readonly LeadId Row = new(Guid.Parse("5f9c1b1a-0000-8000-8000-000000000001"));

    [Fact]
    public async Task A_lead_keeps_its_subject()
    {
        var lead = await KeepEventAsync("created", 7);

        Assert.Equal(new SharedRow(Row, EventOrder.FromStored(7)), (await Store.FindRunAsync(lead.Id))!.Lead.SharedRow);
        Assert.Equal(Row, (await Store.TakeOneAsync(Now)).Lead.RowId);
    }

    [Fact]
    public async Task Events_of_one_subject_are_taken_one_at_a_time_the_older_state_first_whatever_came_first()
    {
        var cancelled = await KeepEventAsync("cancelled", 3);
        var created = await KeepEventAsync("created", 1);
        var updated = await KeepEventAsync("updated", 2);

        foreach (var expected in new[] { created, updated, cancelled })
        {
            var claim = await Store.TakeAsync(Now);
            Assert.Equal(expected.Id, Assert.Single(claim.Deliveries).Lead.Id);
            Assert.True(claim.NextDue is null || claim.NextDue > Now, "a worker would ask again and again");
            Assert.Empty((await Store.TakeAsync(Now)).Deliveries);
            await Store.DeliveredAsync(claim.Deliveries[0], Now);
        }
    }

    [Fact]
    public async Task An_event_that_waits_for_its_next_attempt_doesn_t_hold_up_a_newer_one()
    {
        await KeepEventAsync("created", 1);
        await Store.RetryAsync(await Store.TakeOneAsync(Now), Now, Now + TimeSpan.FromHours(1));
        var updated = await KeepEventAsync("updated", 2);

        Assert.Equal(updated.Id, (await Store.TakeOneAsync(Now)).Lead.Id);
    }

    [Fact]
    public async Task What_is_held_holds_up_the_others_even_when_its_lease_has_ended()
    {
        await KeepEventAsync("updated", 2);
        var held = await Store.TakeOneAsync(Now);
        await KeepEventAsync("created", 1);

        Assert.Empty((await Store.TakeAsync(Now + StoreCalls.LeaseTime + TimeSpan.FromSeconds(1), held: [held.Key])).Deliveries);
    }

    [Fact]
    public async Task Other_subjects_and_other_destinations_go_on_meanwhile()
    {
        await KeepEventAsync("created", 1, destinations: ["crm", "mail"]);
        await KeepEventAsync("created", 1, new LeadId(Guid.NewGuid()));

        Assert.Equal(2, (await Store.TakeAsync(Now)).Deliveries.Count);
        await Store.TakeOneAsync(Now, "mail");
    }

    [Fact]
    public async Task An_event_knows_the_newer_ones_and_which_of_them_go_there_too()
    {
        await KeepEventAsync("created", 1);
        await KeepEventAsync("cancelled", 3, destinations: ["mail"]);
        await KeepEventAsync("updated", 2);

        Assert.Equal([new LaterEvent("updated", true), new LaterEvent("cancelled", false)], (await Store.TakeOneAsync(Now)).Later);
    }

    [Fact]
    public async Task The_newest_lead_of_a_subject_is_that_of_the_highest_order_and_among_equals_the_later_one()
    {
        Assert.Empty(await Store.FindGroupAsync(Row, []));
        Assert.Null(await Store.FindNewestAsync(new SharedRow(Row, EventOrder.FromStored(1))));
        await KeepEventAsync("cancelled", 3);
        var told = await KeepEventAsync("cancelled", 3);
        await KeepEventAsync("created", 1);

        Assert.Equal(told.Id, Assert.Single(await Store.FindGroupAsync(Row, [])).Id);
        Assert.Equal(told.Id, (await Store.FindNewestAsync(new SharedRow(Row, EventOrder.FromStored(1))))?.Id);
    }

    [Fact]
    public async Task Of_a_group_the_newest_lead_of_each_subject_is_found_and_none_of_another()
    {
        var (alex, isaiah) = (new LeadId(Guid.NewGuid()), new LeadId(Guid.NewGuid()));
        var own = await KeepEventAsync("created", 1);
        await KeepEventAsync("created", 1, alex, group: Row);
        var updated = await KeepEventAsync("updated", 2, alex, group: Row);
        var created = await KeepEventAsync("created", 1, isaiah, group: Row);
        await KeepEventAsync("created", 1, new LeadId(Guid.NewGuid()));

        Assert.Equal(Ids(own, updated, created), Ids([.. await Store.FindGroupAsync(Row, [])]));
        Assert.All(await Store.FindGroupAsync(Row, []), lead => Assert.Equal(Row, lead.SharedRow!.GroupId));
        Assert.Equal(updated.Id, (await Store.FindNewestAsync(updated.SharedRow!))?.Id);

        static IEnumerable<Guid> Ids(params Lead[] leads) => leads.Select(lead => lead.Id.Value).Order();
    }

    [Fact]
    public async Task Leads_can_be_passed_over_in_a_group()
    {
        var created = await KeepEventAsync("created", 1);
        var updated = await KeepEventAsync("updated", 2);

        Assert.Equal(created.Id, Assert.Single(await Store.FindGroupAsync(Row, [updated.Id])).Id);
        Assert.Empty(await Store.FindGroupAsync(Row, [updated.Id, created.Id]));
    }

    [Fact]
    public async Task An_event_of_a_subject_is_recognised_however_late()
    {
        var first = await KeepEventAsync("created", 1);
        var late = first with { Id = LeadId.New(Now + TimeSpan.FromDays(300)), ReceivedAt = Now + TimeSpan.FromDays(300) };

        Assert.Equal(new Acceptance(first.Id, IsRepeat: true), await Store.AcceptAsync(late, StoreCalls.Print(first.Id.ToString()), DateTimeOffset.UnixEpoch, ["crm"]));
        Assert.False((await Store.AcceptAsync(late, StoreCalls.Print(first.Id.ToString()), Now, ["crm"])).IsRepeat);
    }

    private async Task<Lead> KeepEventAsync(string eventName, long order, LeadId? row = null, LeadId? group = null, params IReadOnlyList<string> destinations)
    {
        var lead = Posted.Lead("""{"OfferTitle":"Consultation"}""", Now) with { Source = "bookings", Event = eventName, SharedRow = new SharedRow(row ?? Row, EventOrder.FromStored(order)) { GroupId = group ?? row ?? Row } };
        await Store.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), Now - TimeSpan.FromDays(1), destinations.Count > 0 ? destinations : ["crm"]);
        return lead;
    }
}
