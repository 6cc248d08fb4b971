using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

// Erasing a person's data.
public abstract partial class LeadStoreContract
{
    private const string Address = "some+one@contoso.com";

    [Fact]
    public async Task Nothing_of_an_erased_person_is_left_in_the_run_but_that_it_was_erased()
    {
        var lead = await KeepPersonAsync("Some.Name", Address.ToUpperInvariant());
        var there = await Store.TakeOneAsync(Now);
        await Store.RecordAsync(there, At(Now) with { Error = "Some.Name is no name" }, new DeliveryState(DeliveryStatus.DeadLetter, null, 1, "Some.Name is no name", null, "Some.Name"), "Some.Name");
        await Store.DiscardAsync(lead.Id, "crm", "Some.Name called", "anna", Now);
        var other = await KeepPersonAsync("Other.Name", "one@contoso.com");

        Assert.Equal(new Erasure(1, 0), await Store.EraseAsync(Address, countOnly: true, "bert", Now));
        Assert.Contains("Some.Name", (await Store.FindRunAsync(lead.Id))!.ToString() + (await Store.DeliveryAsync(lead.Id)).Request, StringComparison.Ordinal);
        Assert.Equal(new Erasure(1, 0), await Store.EraseAsync(Address, countOnly: false, "bert", Now));
        Assert.Equal(new Erasure(0, 0), await Store.EraseAsync(Address, countOnly: false, "bert", Now));

        var run = (await Store.FindRunAsync(lead.Id))!;
        var delivery = run.Deliveries[0];
        Assert.Equal("""{"OfferTitle":"Offer"}""", System.Text.Encoding.UTF8.GetString(run.Lead.Content.Utf8));
        Assert.Null(delivery.Request);
        Assert.Null(delivery.State.Answer);
        Assert.Equal((PersonalDataEraser.Mark, PersonalDataEraser.Mark), (delivery.State.LastError, delivery.Attempts[0].Error));
        Assert.Equal([("discarded", PersonalDataEraser.Mark), ("erased", null)], run.Audit.Select(act => (act.Kind, act.Note)));
        Assert.Equal((Now, "bert"), (run.Audit[1].At, run.Audit[1].By));
        Assert.Equal("Other.Name", (await Store.FindRunAsync(other.Id))!.Lead.Content.Text("UserDetails", "LastName"));
    }

    [Theory]
    [InlineData(Address, null)]
    [InlineData("85746065432", "85746065432")]
    public async Task An_id_that_is_an_address_is_erased_and_another_is_kept(string id, string? expected)
    {
        var lead = await KeepPersonAsync("Some.Name", Address);
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now), Now, id);

        await Store.EraseAsync(Address, countOnly: false, "bert", Now);

        Assert.Equal(expected, (await Store.DeliveryAsync(lead.Id)).State.RemoteId);
    }

    [Fact]
    public async Task What_was_not_delivered_is_discarded_and_can_t_be_resubmitted()
    {
        var lead = await KeepPersonAsync("Some.Name", Address);

        await Store.EraseAsync(Address, countOnly: false, "bert", Now);

        Assert.Equal(DeliveryStatus.Discarded, (await Store.DeliveryAsync(lead.Id)).State.Status);
        Assert.Empty((await Store.TakeAsync(Now)).Deliveries);
        Assert.Equal(0, await Store.ResubmitAsync(lead.Id, "crm", evenDelivered: true, "bert", Now));
        Assert.Null((await Store.CheckAsync(Now)).OldestDue);
    }

    [Theory]
    [InlineData("delivered")]
    [InlineData("retry")]
    public async Task What_is_under_way_brings_nothing_back(string outcome)
    {
        var lead = await KeepPersonAsync("Some.Name", Address);
        var there = await Store.TakeOneAsync(Now);

        await Store.EraseAsync(Address, countOnly: false, "bert", Now);
        await Store.RecordAsync(
            there,
            new DeliveryAttempt(Now, TimeSpan.Zero, 503, outcome, outcome == "retry" ? "Some.Name" : null),
            outcome == "retry" ? new DeliveryState(DeliveryStatus.Pending, Now, 1, "Some.Name", null) : new DeliveryState(DeliveryStatus.Delivered, null, 0, null, "row"),
            "Some.Name");

        var delivery = await Store.DeliveryAsync(lead.Id);
        Assert.Equal(outcome == "retry" ? DeliveryStatus.Discarded : DeliveryStatus.Delivered, delivery.State.Status);
        Assert.Null(delivery.Request);
        Assert.Null(delivery.State.LastError);
    }

    [Fact]
    public async Task A_lead_of_somebody_else_loses_the_mention_alone()
    {
        var lead = await KeepMentionAsync();

        Assert.Equal(new Erasure(1, 0), await Store.EraseAsync(Address, countOnly: false, "bert", Now));

        var content = (await Store.FindRunAsync(lead.Id))!.Lead.Content;
        Assert.Equal($"Ask {PersonalDataEraser.Mark} first", content.Text("Description"));
        Assert.Equal("other@contoso.com", content.Text("UserDetails", "Email"));
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now), Now);
        Assert.Equal(1, await Store.ResubmitAsync(lead.Id, "crm", evenDelivered: true, "bert", Now));
    }

    [Theory]
    [InlineData("mail='some+one@contoso.com'")]
    [InlineData("cc=some+one@contoso.com")]
    [InlineData("<some+one@contoso.com>;")]
    public async Task A_mention_is_found_whatever_stands_around_it(string text)
    {
        var lead = Posted.Lead(System.Text.Json.JsonSerializer.Serialize(new { Description = text }), Now);
        await Store.AcceptAsync(lead, StoreCalls.Print(text), null, ["crm"]);

        Assert.Equal(new Erasure(1, 0), await Store.EraseAsync(Address, countOnly: false, "bert", Now));

        Assert.DoesNotContain("some+one", (await Store.FindRunAsync(lead.Id))!.Lead.Content.Text("Description"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_arrives_after_an_erasure_brings_no_answer_back()
    {
        var lead = await KeepPersonAsync("Some.Name", Address);
        var there = await Store.TakeOneAsync(Now);
        await Store.EraseAsync(Address, countOnly: false, "bert", Now);

        await Store.RecordAsync(there, At(Now) with { Error = "Some.Name" }, new DeliveryState(DeliveryStatus.Delivered, null, 0, null, "row", "Some.Name"), "Some.Name");

        var delivery = await Store.DeliveryAsync(lead.Id);
        Assert.Equal((null, null, PersonalDataEraser.Mark), (delivery.State.Answer, delivery.Request, delivery.Attempts[0].Error));
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("rejected")]
    [InlineData("delivered")]
    public async Task What_is_under_way_brings_no_mention_back_and_its_outcome_counts(string outcome)
    {
        var lead = await KeepMentionAsync();
        var there = await Store.TakeOneAsync(Now);
        await Store.EraseAsync(Address, countOnly: false, "bert", Now);
        var state = outcome switch
        {
            "retry" => new DeliveryState(DeliveryStatus.Pending, Now, 1, $"Ask {Address}", null),
            "rejected" => new DeliveryState(DeliveryStatus.DeadLetter, null, 1, $"Ask {Address}", null),
            _ => new DeliveryState(DeliveryStatus.Delivered, null, 0, null, "row", $"Ask {Address}"),
        };

        Assert.True(await Store.RecordAsync(there, At(Now) with { Outcome = outcome, Error = $"Ask {Address}" }, state, $"Ask {Address}"));

        var delivery = await Store.DeliveryAsync(lead.Id);
        Assert.Equal((state.Status, null, null), (delivery.State.Status, delivery.State.Answer, delivery.Request));
        Assert.Equal((outcome == "delivered" ? null : PersonalDataEraser.Mark, PersonalDataEraser.Mark), (delivery.State.LastError, Assert.Single(delivery.Attempts).Error));
    }

    [Fact]
    public async Task What_is_tried_after_an_erasure_is_kept_whole()
    {
        var lead = await KeepMentionAsync();
        await Store.RetryAsync(await Store.TakeOneAsync(Now), Now, Now);
        await Store.EraseAsync(Address, countOnly: false, "bert", Now);
        var again = await Store.TakeOneAsync(Now);
        Assert.Equal($"Ask {PersonalDataEraser.Mark} first", again.Lead.Content.Text("Description"));

        await Store.RecordAsync(again, At(Now) with { Error = "busy" }, new DeliveryState(DeliveryStatus.Delivered, null, 0, null, "row", "{}"), "sent");

        var delivery = await Store.DeliveryAsync(lead.Id);
        Assert.Equal(("sent", "{}", "busy"), (delivery.Request, delivery.State.Answer, delivery.Attempts[1].Error));
    }

    [Fact]
    public async Task A_customers_appointment_loses_the_mention_of_an_erased_member_of_staff_alone()
    {
        var lead = Posted.Lead($$$"""{"ServiceName":"Advice","StaffMembers":[{"EmailAddress":"{{{Address}}}"}],"UserDetails":{"Email":"other@contoso.com"}}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("staff"), null, ["crm"]);

        Assert.Equal(new Erasure(1, 0), await Store.EraseAsync(Address, countOnly: false, "bert", Now));

        Assert.Equal("other@contoso.com", (await Store.FindRunAsync(lead.Id))!.Lead.Content.Text("UserDetails", "Email"));
        await Store.TakeOneAsync(Now);
    }

    [Fact]
    public async Task The_same_lead_posted_after_it_was_erased_is_a_new_one()
    {
        var lead = await KeepPersonAsync("Some.Name", Address);
        await Store.EraseAsync(Address, countOnly: false, "bert", Now);

        var again = lead with { Id = LeadId.New(Now) };

        Assert.Equal(new Acceptance(again.Id, IsRepeat: false), await Store.AcceptAsync(again, StoreCalls.Print(lead.Id.ToString()), Now - TimeSpan.FromDays(1), ["crm"]));
    }

    [Theory]
    [InlineData("""{"UserDetails":{"Email":"some+one@contoso.com"}""")]
    [InlineData("{'UserDetails':{'Email':'some+one@contoso.com'}}")]
    [InlineData("Email=some+one@contoso.com&Name=x")]
    [InlineData("Email=some%2Bone%40contoso.com")]
    [InlineData("""{"UserDetails":{"Email":"SOME\u002bone\u0040contoso.com"}""")]
    public async Task A_refused_body_that_has_the_address_is_emptied(string body)
    {
        var refused = new RefusedBody(LeadId.New(Now), Sources.Marketplace, null, Now, 400, [new Violation("/Some.Name", "Some.Name")], System.Text.Encoding.UTF8.GetBytes(body));
        await Store.KeepRefusedAsync(refused);

        Assert.Equal(new Erasure(0, 1), await Store.EraseAsync(Address, countOnly: true, "bert", Now));
        Assert.Equal(new Erasure(0, 1), await Store.EraseAsync(Address, countOnly: false, "bert", Now));

        var kept = (await Store.FindRefusedAsync(refused.Id))!;
        Assert.Empty(kept.Text);
        var tombstone = Assert.Single(kept.Violations);
        Assert.DoesNotContain("Some.Name", tombstone.ToString(), StringComparison.Ordinal);
        Assert.Contains("2026-11-21 09:00:00Z by bert", tombstone.Message, StringComparison.Ordinal);
    }

    private async Task<Lead> KeepMentionAsync()
    {
        var lead = Posted.Lead($$$"""{"Description":"Ask {{{Address}}} first","UserDetails":{"LastName":"Other","Email":"other@contoso.com"}}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("mention"), null, ["crm"]);
        return lead;
    }

    private async Task<Lead> KeepPersonAsync(string name, string address)
    {
        var lead = Posted.Lead($$$"""{"OfferTitle":"Offer","Description":"{{{name}}}","Extra":{"{{{name}}}":1},"UserDetails":{"LastName":"{{{name}}}","Email":" {{{address}}} "}}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), Now - TimeSpan.FromDays(1), ["crm"]);
        return lead;
    }

    [Fact]
    public async Task Erasing_goes_on_where_the_step_before_ended_and_finds_each_once()
    {
        var leads = new List<Lead>();
        for (var number = 0; number < 12; number++)
        {
            var address = number % 3 == 0 ? "other@contoso.example" : Address;
            var content = $$$"""{"OfferTitle":"{{{number}}}","UserDetails":{"Email":"{{{address}}}"}}""";
            leads.Add(Posted.Lead(content, Now + TimeSpan.FromSeconds(number)));
            await Store.AcceptAsync(leads[^1], StoreCalls.Print($"step {number}"), null, []);
        }

        for (var number = 0; number < 5; number++)
        {
            var at = Now + TimeSpan.FromSeconds(2 * number);
            var body = System.Text.Encoding.UTF8.GetBytes(Address);
            await Store.KeepRefusedAsync(new RefusedBody(LeadId.New(at), Sources.Marketplace, null, at, 400, [], body));
        }

        var steps = new List<Erasure>();
        do
        {
            steps.Add(await Store.EraseAsync(Address, countOnly: false, steps.LastOrDefault().Next, 4, "bert", Now));
        }
        while (steps[^1].Next is not null);

        Assert.InRange(steps.Count, 3, 6);
        Assert.Equal(new Erasure(8, 5), steps.Aggregate(default(Erasure), (total, step) => total + step));
        // Where it was cut off it begins again, and finds nothing twice.
        Assert.Equal(default, await Store.EraseAsync(Address, countOnly: false, null, 100, "bert", Now));
        foreach (var lead in leads)
        {
            var acts = (await Store.FindRunAsync(lead.Id))!.Audit;
            Assert.Equal(lead.Content.Text("UserDetails", "Email") == Address ? 1 : 0, acts.Count);
        }
    }
}
