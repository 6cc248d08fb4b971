using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

// Deliveries that wait for another delivery of their lead.
public abstract partial class LeadStoreContract
{
    private static readonly PlannedDelivery[] Chain = [new("zoom"), new("mail", After: "zoom"), new("note", After: "mail")];

    [Fact]
    public async Task A_delivery_that_waits_for_another_one_is_in_progress_at_its_destination()
    {
        var lead = Posted.Lead(Samples.Documented, Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("a"), null, [new("zoom"), new PlannedDelivery("mail", After: "zoom")]);

        await ListsAsync(Any with { State = RunState.InProgress, Destination = "mail" }, lead);
        await ListsAsync(Any with { State = RunState.InProgress }, lead);
    }

    [Fact]
    public async Task What_waits_is_due_when_the_other_has_arrived_and_gets_its_answer()
    {
        var lead = await KeepChainAsync();
        Assert.Empty((await Store.TakeAsync(Now, destination: "mail")).Deliveries);

        var zoom = await Store.TakeOneAsync(Now, "zoom");
        Assert.True(await Store.RecordAsync(zoom, At(Now), new DeliveryState(DeliveryStatus.Delivered, null, 0, null, "z", """{"join_url":"u"}"""), null));

        var mail = await Store.TakeOneAsync(Now + TimeSpan.FromSeconds(1), "mail");
        Assert.Equal(KeyValuePair.Create("zoom", """{"join_url":"u"}"""), Assert.Single(mail.Answers));
        Assert.Equal("zoom", (await Store.DeliveryAsync(lead.Id, "mail")).After);
        Assert.Empty((await Store.TakeAsync(Now, destination: "note")).Deliveries);
    }

    [Fact]
    public async Task What_waits_stays_waiting_while_the_other_is_tried_again()
    {
        await KeepChainAsync();
        await Store.RetryAsync(await Store.TakeOneAsync(Now, "zoom"), Now, Now + TimeSpan.FromHours(1));

        var claim = await Store.TakeAsync(Now + TimeSpan.FromMinutes(59), destination: "mail");

        Assert.Empty(claim.Deliveries);
        Assert.Null(claim.NextDue);
    }

    [Fact]
    public async Task What_waits_for_a_dead_letter_is_one_too_down_the_chain()
    {
        var lead = await KeepChainAsync();

        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "zoom"), Now);

        foreach (var (destination, first) in new[] { ("mail", "zoom"), ("note", "mail") })
        {
            var state = (await Store.DeliveryAsync(lead.Id, destination)).State;
            Assert.Equal(DeliveryStatus.DeadLetter, state.Status);
            Assert.Contains(first, state.LastError, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("note")]
    public async Task Resubmitting_what_waits_resubmits_what_it_waits_for(string? destination)
    {
        var lead = await KeepChainAsync();
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "zoom"), Now);

        Assert.Equal(3, await Store.ResubmitAsync(lead.Id, destination, evenDelivered: false, "anna", Now));
        Assert.Equal(destination is null ? [null] : ["mail", "note", "zoom"], (await Store.FindRunAsync(lead.Id))!.Audit.Select(act => act.Destination).Order(StringComparer.Ordinal));

        Assert.Empty((await Store.TakeAsync(Now, destination: "note")).Deliveries);
        Assert.Empty((await Store.TakeAsync(Now, destination: "mail")).Deliveries);
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now, "zoom"), Now);
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now + TimeSpan.FromSeconds(1), "mail"), Now);
        await Store.TakeOneAsync(Now + TimeSpan.FromSeconds(2), "note");
    }

    [Fact]
    public async Task Resubmitting_all_dead_letters_keeps_the_order_of_a_chain()
    {
        await KeepChainAsync();
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "zoom"), Now);

        Assert.Equal(3, await Store.ResubmitDeadLettersAsync(null, "anna", Now));

        Assert.Empty((await Store.TakeAsync(Now, destination: "mail")).Deliveries);
        await Store.TakeOneAsync(Now, "zoom");
    }

    [Theory]
    [InlineData("mail", "mail zoom")]
    [InlineData(null, "mail note zoom")]
    public async Task Of_a_chain_of_dead_letters_each_that_is_put_back_is_counted_and_an_act_once(string? destination, string putBack)
    {
        var lead = await KeepChainAsync();
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "zoom"), Now);

        Assert.Equal(putBack.Split(' ').Length, await Store.ResubmitDeadLettersAsync(lead.Id, destination, "anna", Now));
        Assert.Equal(0, await Store.ResubmitDeadLettersAsync(lead.Id, "mail", "anna", Now));

        Assert.Equal(putBack.Split(' ').Select(name => new AuditEntry(Now, "anna", "resubmitted", name)), (await Store.FindRunAsync(lead.Id))!.Audit.OrderBy(act => act.Destination, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Only_what_is_a_dead_letter_still_is_put_back_as_one()
    {
        var lead = await Store.KeepAsync(Now, "crm", "erp", "mail");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now);
        await Store.DiscardAsync(lead.Id, "crm", "by hand", "anna", Now);
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "erp"), Now);

        Assert.Equal(0, await Store.ResubmitDeadLettersAsync(lead.Id, "crm", "bert", Now));
        Assert.Equal(0, await Store.ResubmitDeadLettersAsync(lead.Id, "mail", "bert", Now));
        Assert.Equal(1, await Store.ResubmitDeadLettersAsync(lead.Id, null, "bert", Now));
        Assert.Equal(0, await Store.ResubmitDeadLettersAsync(LeadId.New(Now), null, "bert", Now));

        Assert.Equal(DeliveryStatus.Discarded, (await Store.DeliveryAsync(lead.Id)).State.Status);
        Assert.Equal([new AuditEntry(Now, "bert", "resubmitted", "erp")], (await Store.FindRunAsync(lead.Id))!.Audit.Skip(1));
    }

    [Fact]
    public async Task What_waited_for_a_delivery_that_has_arrived_is_resubmitted_alone()
    {
        var lead = await KeepChainAsync();
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now, "zoom"), Now);
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now + TimeSpan.FromSeconds(1), "mail"), Now);

        Assert.Equal(1, await Store.ResubmitAsync(lead.Id, "mail", evenDelivered: false, "anna", Now));

        await Store.TakeOneAsync(Now, "mail");
        Assert.Equal(DeliveryStatus.Delivered, (await Store.DeliveryAsync(lead.Id, "zoom")).State.Status);
    }

    private static DeliveryAttempt At(DateTimeOffset at) => new(at, TimeSpan.FromMilliseconds(1), 200, "delivered", null);

    private async Task<Lead> KeepChainAsync()
    {
        var lead = Infrastructure.Posted.Lead("""{"OfferTitle":"Chain"}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("chain"), null, Chain);
        return lead;
    }
}
