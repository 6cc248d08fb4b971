using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Store;

// Deliveries that wait for another delivery of their lead.
public abstract partial class LeadStoreContract
{
    private static readonly PlannedDelivery[] Chain = [new("zoom"), new("mail", After: "zoom"), new("note", After: "mail")];

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
