using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

/// <summary>What every store promises. Each engine's tests derive from it.</summary>
public abstract partial class LeadStoreContract
{
    private protected static readonly DateTimeOffset Now = Posted.At;

    private protected abstract ILeadStore Store { get; }

    /// <summary>How many cases a property is looked at with, where a store takes much longer for one than SQLite.</summary>
    private protected virtual int CasesOf(int usual) => usual;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_accepted_lead_is_read_back_as_it_was_accepted()
    {
        var lead = Posted.Lead(Samples.Read("lead-contact-me.json"));

        await Store.AcceptAsync(lead, StoreCalls.Print("a"), null, ["crm", "mail"]);

        var run = await Store.FindRunAsync(lead.Id);
        Assert.NotNull(run);
        Assert.Equal((lead.Id, lead.Source, lead.Event, lead.ReceivedAt), (run.Lead.Id, run.Lead.Source, run.Lead.Event, run.Lead.ReceivedAt));
        Assert.Equal(lead.Content.Utf8.ToArray(), run.Lead.Content.Utf8.ToArray());
        Assert.Empty(run.RepeatedAt);
    }

    [Fact]
    public async Task An_accepted_lead_is_due_at_each_destination()
    {
        var lead = await Store.KeepAsync(Now, "crm", "mail");

        var run = await Store.FindRunAsync(lead.Id);
        Assert.Equal(["crm", "mail"], run!.Deliveries.Select(delivery => delivery.Destination).Order());
        Assert.All(run.Deliveries, delivery => Assert.Equal(new DeliveryState(DeliveryStatus.Pending, Now, 0, null, null), delivery.State));
        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Now, "crm")).Lead.Id);
        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Now, "mail")).Lead.Id);
    }

    [Fact]
    public async Task A_lead_that_goes_nowhere_is_kept_all_the_same()
    {
        var lead = await Store.KeepAsync(Now);

        Assert.Empty((await Store.FindRunAsync(lead.Id))!.Deliveries);
    }

    [Fact]
    public async Task An_identical_lead_within_the_window_is_the_earlier_one_posted_again()
    {
        var (first, second) = (Posted.Lead(Samples.Documented), Posted.Lead(Samples.Documented, Now + TimeSpan.FromHours(1)));
        await Store.AcceptAsync(first, StoreCalls.Print("same"), Now - TimeSpan.FromDays(1), ["crm"]);

        var repeat = await Store.AcceptAsync(second, StoreCalls.Print("same"), second.ReceivedAt - TimeSpan.FromDays(1), ["crm"]);

        Assert.Equal(new Acceptance(first.Id, IsRepeat: true), repeat);
        Assert.Null(await Store.FindRunAsync(second.Id));
        Assert.Equal([second.ReceivedAt], (await Store.FindRunAsync(first.Id))!.RepeatedAt);
        Assert.Equal(first.Id, (await Store.TakeOneAsync(second.ReceivedAt)).Lead.Id);
    }

    [Fact]
    public async Task A_lead_is_no_repeat_after_the_window_or_without_one_or_with_other_content()
    {
        var lead = Posted.Lead(Samples.Documented);
        await Store.AcceptAsync(lead, StoreCalls.Print("same"), null, ["crm"]);

        var acceptances = new[]
        {
            await AgainAsync("same", since: Now),
            await AgainAsync("same", since: null),
            await AgainAsync("other", since: Now - TimeSpan.FromDays(1)),
        };

        Assert.All(acceptances, acceptance => Assert.False(acceptance.IsRepeat));
        Assert.Equal(4, (await Store.TakeAsync(Now + TimeSpan.FromDays(1))).Deliveries.Count);

        Task<Acceptance> AgainAsync(string print, DateTimeOffset? since) =>
            Store.AcceptAsync(Posted.Lead(Samples.Documented, Now + TimeSpan.FromHours(1)), StoreCalls.Print(print), since, ["crm"]);
    }

    [Fact]
    public async Task Identical_leads_posted_at_the_same_moment_become_one()
    {
        var acceptances = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => Task.Run(() =>
            Store.AcceptAsync(Posted.Lead(Samples.Documented), StoreCalls.Print("same"), Now - TimeSpan.FromDays(1), ["crm"]))));

        var accepted = Assert.Single(acceptances, acceptance => !acceptance.IsRepeat);
        Assert.All(acceptances, acceptance => Assert.Equal(accepted.LeadId, acceptance.LeadId));
        Assert.Equal(23, (await Store.FindRunAsync(accepted.LeadId))!.RepeatedAt.Count);
        Assert.Single((await Store.TakeAsync(Now, 100)).Deliveries);
    }

    [Fact]
    public async Task Many_leads_posted_at_the_same_moment_are_all_there()
    {
        var leads = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Store.KeepAsync(Now, "crm", "mail"))));

        foreach (var destination in new[] { "crm", "mail" })
        {
            var claim = await Store.TakeAsync(Now, 100, destination);
            Assert.Equal(leads.Select(lead => lead.Id.Value).Order(), claim.Deliveries.Select(delivery => delivery.Lead.Id.Value).Order());
        }
    }

    [Fact]
    public async Task A_refused_body_is_kept_as_it_came()
    {
        var refused = new RefusedBody(LeadId.New(Now), Sources.Marketplace, "created", Now, 400, [new Violation("/UserDetails/Email", "is a number"), new Violation("", "\"é\"\n")], new byte[] { 0, 255, 1, 123 });

        await Store.KeepRefusedAsync(refused);

        var found = await Store.FindRefusedAsync(refused.Id);
        Assert.NotNull(found);
        Assert.Equal((refused.Id, refused.Source, refused.Event, refused.ReceivedAt, refused.HttpStatus), (found.Id, found.Source, found.Event, found.ReceivedAt, found.HttpStatus));
        Assert.Equal(refused.Violations, found.Violations);
        Assert.Equal(refused.Body.ToArray(), found.Body.ToArray());
    }

    [Fact]
    public async Task What_was_never_kept_is_not_found()
    {
        Assert.Null(await Store.FindRunAsync(LeadId.New(Now)));
        Assert.Null(await Store.FindRefusedAsync(LeadId.New(Now)));
    }

    [Fact]
    public async Task A_check_counts_what_waits()
    {
        Assert.Equal((null, 0, 0), await CountAsync(Now));
        await Store.KeepAsync(Now, "crm", "mail");
        await Store.KeepAsync(Now + TimeSpan.FromSeconds(1), "crm");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now), Now);
        await Store.DeliveredAsync(await Store.TakeOneAsync(Now, "mail"), Now);

        Assert.Equal((null, 1, 1), await CountAsync(Now));
        Assert.Equal((Now + TimeSpan.FromSeconds(1), 1, 1), await CountAsync(Now + TimeSpan.FromMinutes(1)));
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now + TimeSpan.FromMinutes(1)), Now);
        await Store.KeepAsync(Now, "mail");
        await Store.DeadLetterAsync(await Store.TakeOneAsync(Now, "mail"), Now);
        Assert.Equal([("crm", 2), ("mail", 1)], (await Store.CheckAsync(Now)).DeadLettersAt!.Select(count => (count.Key, count.Value)).Order());

        async Task<(DateTimeOffset?, int, int)> CountAsync(DateTimeOffset now)
        {
            var state = await Store.CheckAsync(now);
            return (state.OldestDue, state.DeadLetters, state.Unfinished.GetValueOrDefault("crm") + state.Unfinished.GetValueOrDefault("mail"));
        }
    }
}
