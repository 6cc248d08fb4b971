using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

// What people do to runs.
public abstract partial class LeadStoreContract
{
    [Fact]
    public async Task A_resubmit_is_recorded_with_who_and_when()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now);

        await Store.ResubmitAsync(lead.Id, "crm", evenDelivered: false, "anna", Now);
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now);
        await Store.ResubmitDeadLettersAsync("crm", "bert", Now + TimeSpan.FromSeconds(1));

        var run = await Store.FindRunAsync(lead.Id);
        Assert.Equal([new AuditEntry(Now, "anna", "resubmitted", "crm"), new AuditEntry(Now + TimeSpan.FromSeconds(1), "bert", "resubmitted", "crm")], run!.Audit);
    }

    [Fact]
    public async Task A_resubmit_that_puts_nothing_back_is_no_act()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now), Now);

        Assert.Equal(0, await Store.ResubmitAsync(lead.Id, null, evenDelivered: false, "anna", Now));

        Assert.Empty((await Store.FindRunAsync(lead.Id))!.Audit);
    }

    [Fact]
    public async Task A_discarded_dead_letter_is_over_and_keeps_its_error_and_the_reason()
    {
        var lead = await Store.KeepAsync(Now, "crm", "mail");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now, "no such column");

        Assert.Equal(1, await Store.DiscardAsync(lead.Id, null, "entered by hand", "anna", Now));

        var run = (await Store.FindRunAsync(lead.Id))!;
        Assert.Equal((DeliveryStatus.Discarded, "no such column"), (run.Deliveries[0].State.Status, run.Deliveries[0].State.LastError));
        Assert.Equal(DeliveryStatus.Pending, run.Deliveries[1].State.Status);
        Assert.Equal(new AuditEntry(Now, "anna", "discarded", null, "entered by hand"), Assert.Single(run.Audit));
        Assert.Equal(0, (await Store.CheckAsync(Now)).DeadLetters);
    }

    [Fact]
    public async Task Only_dead_letters_of_leads_that_exist_are_discarded()
    {
        var lead = await Store.KeepAsync(Now, "crm");

        Assert.Equal(0, await Store.DiscardAsync(lead.Id, "crm", "no", "anna", Now));
        Assert.Null(await Store.DiscardAsync(LeadId.New(Now), null, "no", "anna", Now));
        await Store.TakeOneAsync(Now);
    }

    [Fact]
    public async Task What_waits_for_a_discarded_delivery_is_a_dead_letter()
    {
        var lead = Posted.Lead("""{"OfferTitle":"Chain"}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("chain"), null, [new("zoom"), new PlannedDelivery("mail", After: "zoom")]);
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "zoom"), Now);

        await Store.DiscardAsync(lead.Id, "zoom", "no meeting", "anna", Now);

        Assert.Equal(DeliveryStatus.DeadLetter, (await Store.DeliveryAsync(lead.Id, "mail")).State.Status);
    }

    [Fact]
    public async Task What_was_discarded_comes_back_by_its_own_name_alone()
    {
        var lead = Posted.Lead("""{"OfferTitle":"Chain"}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("chain"), null, [new("zoom"), new PlannedDelivery("mail", After: "zoom")]);
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "zoom"), Now);
        await Store.DiscardAsync(lead.Id, "zoom", "made by hand", "anna", Now);

        Assert.Equal(0, await Store.ResubmitAsync(lead.Id, null, evenDelivered: false, "anna", Now));
        Assert.Equal(0, await Store.ResubmitDeadLettersAsync(null, "anna", Now));
        Assert.Equal(DeliveryStatus.Discarded, (await Store.DeliveryAsync(lead.Id, "zoom")).State.Status);
        Assert.Equal(1, await Store.ResubmitAsync(lead.Id, "zoom", evenDelivered: false, "anna", Now));
        Assert.Equal(1, await Store.ResubmitAsync(lead.Id, "mail", evenDelivered: false, "anna", Now));
        Assert.Empty((await Store.TakeAsync(Now, destination: "mail")).Deliveries);
    }

    [Fact]
    public async Task A_run_shows_what_its_last_attempt_sent()
    {
        var lead = await Store.KeepAsync(Now, "crm");
        var due = new DeliveryState(DeliveryStatus.Pending, Now, 1, "later", null);
        await Store.RecordAsync(await Store.TakeOneAsync(Now), At(Now), due, "first");
        await Store.RecordAsync(await Store.TakeOneAsync(Now), At(Now), due, "second");
        await Store.RecordAsync(await Store.TakeOneAsync(Now), At(Now), due, null);

        Assert.Equal("second", (await Store.DeliveryAsync(lead.Id)).Request);
    }
}
