using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

// Refused bodies that are taken after all.
public abstract partial class LeadStoreContract
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_refused_body_becomes_a_lead_of_its_own_id_once()
    {
        var refused = await RefuseAsync(0, Sources.Marketplace, "{}");
        var later = Now + Day;

        Assert.Equal(new Acceptance(refused.Id, IsRepeat: false), await ReplayAsync(refused, "a", later));
        Assert.Null(await ReplayAsync(refused, "a", later));

        Assert.Equal(refused.Id, (await Store.TakeOneAsync(later)).Lead.Id);
        Assert.Equal(new AuditEntry(later, "anna", "replayed"), Assert.Single((await Store.FindRunAsync(refused.Id))!.Audit));
        var kept = (await Store.FindRefusedAsync(refused.Id))!;
        Assert.Equal((later, "anna", null), (kept.ReplayedAt, kept.ReplayedBy, kept.Repeats));
    }

    [Fact]
    public async Task What_was_never_refused_can_t_be_replayed()
    {
        var lead = Posted.Lead(Samples.Documented, Now);

        Assert.Null(await Store.ReplayAsync(lead, StoreCalls.Print("a"), Day, [new PlannedDelivery("crm")], "anna", Now));

        Assert.Null(await Store.FindRunAsync(lead.Id));
    }

    [Fact]
    public async Task Of_two_refused_bodies_of_one_lead_the_second_repeats_the_first()
    {
        // So far apart that as posts they would be two leads, but who replays both wants one.
        var (first, second) = (await RefuseAsync(0, Sources.Marketplace, "{}"), await RefuseAsync(5 * 86400, Sources.Marketplace, "{}"));
        var now = Now + (9 * Day);

        await ReplayAsync(first, "same", now);
        var repeat = await ReplayAsync(second, "same", now + TimeSpan.FromHours(1));

        Assert.Equal(new Acceptance(first.Id, IsRepeat: true), repeat);
        Assert.Null(await Store.FindRunAsync(second.Id));
        Assert.Single((await Store.TakeAsync(now + Day)).Deliveries);
        var run = (await Store.FindRunAsync(first.Id))!;
        Assert.Equal([now + TimeSpan.FromHours(1)], run.RepeatedAt);
        Assert.Equal([("replayed", null), ("replayed", $"The refused body {second.Id} repeats this lead: nothing was sent.")], run.Audit.Select(act => (act.Kind, act.Note)));
        var kept = (await Store.FindRefusedAsync(second.Id))!;
        Assert.Equal((now + TimeSpan.FromHours(1), "anna", first.Id), (kept.ReplayedAt, kept.ReplayedBy, kept.Repeats));
        Assert.Null(await ReplayAsync(second, "same", now + Day));
    }

    [Fact]
    public async Task What_was_refused_soon_after_a_replay_of_the_same_repeats_what_was_replayed()
    {
        var replayed = await RefuseAsync(0, Sources.Marketplace, "{}");
        await ReplayAsync(replayed, "same", Now + (5 * Day));
        var refused = await RefuseAsync((5 * 86400) + 3600, Sources.Marketplace, "{}");

        Assert.Equal(new Acceptance(replayed.Id, IsRepeat: true), await ReplayAsync(refused, "same", Now + (9 * Day)));
    }

    [Theory]
    [InlineData(2, 20)] // Before it was refused.
    [InlineData(20, 2)] // After it was refused.
    [InlineData(2, 5 * 24)] // Long after it was refused, but a moment ago.
    public async Task A_refused_body_repeats_a_lead_that_was_taken_around_it_or_lately(int refusedAfter, int acceptedAfter)
    {
        var accepted = Posted.Lead(Samples.Documented, Now + TimeSpan.FromHours(acceptedAfter));
        var refused = await RefuseAsync(refusedAfter * 3600, Sources.Marketplace, "{}");
        await Store.AcceptAsync(accepted, StoreCalls.Print("same"), accepted.ReceivedAt - Day, ["crm"]);
        // A newer one of other content hides nothing.
        await Store.AcceptAsync(Posted.Lead(Samples.Documented, accepted.ReceivedAt), StoreCalls.Print("other"), accepted.ReceivedAt - Day, []);

        var repeat = await ReplayAsync(refused, "same", Now + TimeSpan.FromHours(5 * 24 + 2));

        Assert.Equal(new Acceptance(accepted.Id, IsRepeat: true), repeat);
    }

    [Fact]
    public async Task A_refused_body_repeats_the_lead_of_its_own_time_although_a_newer_one_is_known()
    {
        var (old, newer) = (Posted.Lead(Samples.Documented, Now), Posted.Lead(Samples.Documented, Now + (5 * Day)));
        var refused = await RefuseAsync(60, Sources.Marketplace, "{}");
        await Store.AcceptAsync(old, StoreCalls.Print("same"), old.ReceivedAt - Day, ["crm"]);
        await Store.AcceptAsync(newer, StoreCalls.Print("same"), newer.ReceivedAt - Day, ["crm"]);

        Assert.Equal(new Acceptance(old.Id, IsRepeat: true), await ReplayAsync(refused, "same", Now + (9 * Day)));
    }

    [Fact]
    public async Task A_refused_body_is_no_repeat_outside_the_window_or_without_one_or_with_other_content()
    {
        var lead = Posted.Lead(Samples.Documented, Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("same"), Now - Day, ["crm"]);
        var now = Now + (9 * Day);
        var acceptances = new[]
        {
            await ReplayAsync(await RefuseAsync(3 * 86400, Sources.Marketplace, "{}"), "same", now),
            await ReplayAsync(await RefuseAsync(1, Sources.Marketplace, "{}"), "same", now, TimeSpan.Zero),
            await ReplayAsync(await RefuseAsync(2, Sources.Marketplace, "{}"), "other", now),
        };

        Assert.All(acceptances, acceptance => Assert.False(acceptance!.IsRepeat));
        Assert.Equal(4, (await Store.TakeAsync(now)).Deliveries.Count);
    }

    [Fact]
    public async Task What_is_posted_after_it_was_replayed_repeats_it()
    {
        var refused = await RefuseAsync(0, Sources.Marketplace, "{}");
        var now = Now + (9 * Day);
        await ReplayAsync(refused, "same", now);
        var posted = Posted.Lead(Samples.Documented, now + TimeSpan.FromHours(1));

        Assert.Equal(new Acceptance(refused.Id, IsRepeat: true), await Store.AcceptAsync(posted, StoreCalls.Print("same"), posted.ReceivedAt - Day, ["crm"]));
    }

    [Fact]
    public async Task Refused_bodies_of_one_lead_replayed_at_the_same_moment_become_one()
    {
        var bodies = new List<RefusedBody>();
        for (var number = 0; number < 6; number++)
        {
            bodies.Add(await RefuseAsync(number, Sources.Marketplace, "{}"));
        }

        var acceptances = await Task.WhenAll(bodies.Select(refused => Task.Run(() => ReplayAsync(refused, "same", Now + Day))));

        var own = Assert.Single(acceptances, acceptance => !acceptance!.IsRepeat)!.LeadId;
        Assert.All(acceptances, acceptance => Assert.Equal(own, acceptance!.LeadId));
        Assert.Equal(5, (await Store.FindRunAsync(own))!.RepeatedAt.Count);
        Assert.Single((await Store.TakeAsync(Now + Day)).Deliveries);
    }

    private Task<Acceptance?> ReplayAsync(RefusedBody refused, string print, DateTimeOffset now, TimeSpan? window = null) =>
        Store.ReplayAsync(Posted.Lead(Samples.Documented, refused.ReceivedAt) with { Id = refused.Id }, StoreCalls.Print(print), window ?? Day, [new PlannedDelivery("crm")], "anna", now);
}
