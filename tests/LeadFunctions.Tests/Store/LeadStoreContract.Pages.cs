using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Leads;
using LeadFunctions.Runs;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Store;

public abstract partial class LeadStoreContract
{
    private DateTimeOffset _day = Now;

    [Fact]
    public void Paging_shows_every_lead_once_while_others_arrive() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(CasesOf(100)),
            Prop.ForAll(Gen.Choose(1, 12).ToArbitrary(), Gen.Choose(0, 14).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (take, more, apart) =>
                PageThroughAsync(take, more, TimeSpan.FromMilliseconds(apart)).GetAwaiter().GetResult()));

    [Fact]
    public void A_list_by_state_holds_exactly_the_runs_that_stand_so()
    {
        string[] destinations = ["crm", "mail"];
        var plans = Gen.ArrayOf(Gen.ArrayOf(Gen.Elements<DeliveryStatus?>(null, DeliveryStatus.Pending, DeliveryStatus.InFlight, DeliveryStatus.Delivered, DeliveryStatus.DeadLetter), 2), 4);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(CasesOf(25)), Prop.ForAll(plans.ToArbitrary(), plan => ListedAsItStandsAsync(plan, destinations).GetAwaiter().GetResult()));
    }

    private async Task PageThroughAsync(int take, int more, TimeSpan apart)
    {
        // Each case has a day of its own in the store that they share.
        var filter = Any with { From = _day += TimeSpan.FromDays(1) };
        var at = _day;
        for (var count = 0; count < more; count++)
        {
            await Store.KeepAsync(at += apart);
        }

        var there = (await Store.ListRunsAsync(filter, null, 100, Stop)).Items.Select(run => run.Lead.Id).ToArray();
        var seen = new List<LeadId>();
        LeadId? next = null;
        do
        {
            var page = await Store.ListRunsAsync(filter, next, take, Stop);
            Assert.InRange(page.Items.Count, next is null ? 0 : 1, take);
            seen.AddRange(page.Items.Select(run => run.Lead.Id));
            next = page.Next;
            await Store.KeepAsync(at += apart);
        }
        while (next is not null);

        Assert.Equal(seen.Order(Comparer<LeadId>.Create((one, other) => string.CompareOrdinal(other.ToString(), one.ToString()))), seen);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(more, there.Length);
        Assert.Empty(there.Except(seen));
    }

    private async Task ListedAsItStandsAsync(DeliveryStatus?[][] plan, string[] destinations)
    {
        foreach (var statuses in plan)
        {
            var goes = destinations.Where((_, index) => statuses[index] is not null).ToArray();
            var lead = await Store.KeepAsync(Now, goes);
            foreach (var (destination, status) in destinations.Zip(statuses).Where(delivery => delivery.Second is not (null or DeliveryStatus.Pending)))
            {
                // Whatever else is due is taken too, and stays in flight.
                var taken = (await Store.TakeAsync(Now, 1_000, destination)).Deliveries.Single(delivery => delivery.Lead.Id == lead.Id);
                await (status switch { DeliveryStatus.Delivered => Store.DeliveredAsync(taken, Now), DeliveryStatus.DeadLetter => Store.DeadLetterAsync(taken, Now), _ => Task.FromResult(true) });
            }
        }

        var all = (await Store.ListRunsAsync(Any, null, 1_000, Stop)).Items;
        foreach (var (state, word, ofDelivery) in new (RunState, string, DeliveryStatus[])[]
        {
            (RunState.Delivered, "delivered", [DeliveryStatus.Delivered]),
            (RunState.InProgress, "in_progress", [DeliveryStatus.Pending, DeliveryStatus.InFlight]),
            (RunState.DeadLetter, "dead_letter", [DeliveryStatus.DeadLetter]),
        })
        {
            Assert.Equal(Ids(all.Where(run => RunStatus.For(run) == word)), Ids((await Store.ListRunsAsync(Any with { State = state }, null, 1_000, Stop)).Items));
            Assert.Equal(
                Ids(all.Where(run => run.Deliveries.Any(delivery => delivery.Destination == "crm" && ofDelivery.Contains(delivery.State.Status)))),
                Ids((await Store.ListRunsAsync(Any with { State = state, Destination = "crm" }, null, 1_000, Stop)).Items));
        }

        Assert.Equal(Ids(all.Where(run => run.Deliveries.Any(delivery => delivery.Destination == "mail"))), Ids((await Store.ListRunsAsync(Any with { Destination = "mail" }, null, 1_000, Stop)).Items));

        static IEnumerable<LeadId> Ids(IEnumerable<Run> runs) => runs.Select(run => run.Lead.Id);
    }
}
