using System.Collections.Concurrent;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

/// <summary>Two stores on one table, as two programs have them.</summary>
public sealed class InstancesTests(SharedAzurite azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Posted.At;

    private readonly string _table = SharedAzurite.NewTable();
    private AzureLeadStore _one = null!;
    private AzureLeadStore _other = null!;

    public async ValueTask InitializeAsync()
    {
        _one = await OpenAsync();
        _other = await OpenAsync();
    }

    public ValueTask DisposeAsync()
    {
        _one?.Dispose();
        _other?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_delivery_is_taken_and_recorded_once()
    {
        var leads = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => (number % 2 == 0 ? _one : _other).KeepAsync(Now, "crm", "mail")));
        var recorded = new ConcurrentBag<(string Destination, LeadId Lead)>();

        await Task.WhenAll(new[] { (_one, "crm"), (_one, "mail"), (_other, "crm"), (_other, "mail") }.Select(worker => Task.Run(async () =>
        {
            var (store, destination) = worker;
            while (recorded.Count < 400)
            {
                foreach (var delivery in (await store.TakeAsync(Now, 8, destination)).Deliveries)
                {
                    recorded.Add((destination, delivery.Lead.Id));
                    Assert.True(await store.DeliveredAsync(delivery, Now));
                }
            }
        })));

        Assert.Equal(leads.Select(lead => lead.Id.Value).Order(), recorded.Where(delivery => delivery.Destination == "crm").Select(delivery => delivery.Lead.Value).Order());
        Assert.Equal(leads.Select(lead => lead.Id.Value).Order(), recorded.Where(delivery => delivery.Destination == "mail").Select(delivery => delivery.Lead.Value).Order());
        Assert.Empty((await _one.CheckAsync(Now)).Unfinished);
    }

    [Fact]
    public async Task A_lead_posted_to_both_at_the_same_moment_is_one()
    {
        for (var round = 0; round < 10; round++)
        {
            var print = StoreCalls.Print($"{round}");
            var acceptances = await Task.WhenAll(new[] { _one, _other, _one, _other }.Select(store => Task.Run(() => store.AcceptAsync(Posted.Lead(Samples.Documented), print, Now - TimeSpan.FromDays(1), ["crm"]))));

            var accepted = Assert.Single(acceptances, acceptance => !acceptance.IsRepeat);
            Assert.All(acceptances, acceptance => Assert.Equal(accepted.LeadId, acceptance.LeadId));
            Assert.Equal(3, (await _one.FindRunAsync(accepted.LeadId))!.RepeatedAt.Count);
        }
    }

    [Fact]
    public async Task Who_waits_for_another_s_event_looks_again_the_later_the_longer_that_takes()
    {
        var row = new LeadId(Guid.NewGuid());
        // The newest is under way, the oldest waits for that one, and the one between for both.
        foreach (var order in (int[])[3, 1, 2])
        {
            var lead = Posted.Lead(Samples.Documented, Now) with { SharedRow = new SharedRow(row, EventOrder.FromStored(order)) };
            await _one.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), null, ["crm"]);
            if (order == 3)
            {
                await _one.TakeOneAsync(Now);
            }
        }

        // The last: a clock that was set back by hours. Until the lease ends, that would be a request each 20 ms.
        foreach (var (seconds, wait) in ((int, int)[])[(0, 1), (1, 1), (6, 6), (30, 15), (115, 5), (-7 * 3600, 15)])
        {
            var at = Now + TimeSpan.FromSeconds(seconds);
            var claim = await _other.ClaimAsync("crm", 10, [], at, at + StoreCalls.LeaseTime, due: at < Now ? Now : at);
            Assert.Empty(claim.Deliveries);
            Assert.Equal(at + TimeSpan.FromSeconds(wait), claim.Again);
        }
    }

    [Fact]
    public async Task Events_of_one_subject_are_never_taken_by_two_at_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var row = new LeadId(Guid.NewGuid());
            for (var order = 1; order <= 3; order++)
            {
                var lead = Posted.Lead(Samples.Documented, Now) with { SharedRow = new SharedRow(row, EventOrder.FromStored(order)) };
                await _one.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), null, ["crm"]);
            }

            var orders = new List<long>();
            while (orders.Count < 3)
            {
                var claims = await Task.WhenAll(new[] { _one, _other, _one, _other }.Select(store => Task.Run(() => store.TakeAsync(Now))));
                var taken = Assert.Single(claims.SelectMany(claim => claim.Deliveries));
                orders.Add(taken.Lead.SharedRow!.Order.Stored);
                await _other.DeliveredAsync(taken, Now);
            }

            Assert.Equal([1, 2, 3], orders);
        }
    }

    [Fact]
    public async Task A_start_leaves_the_others_leases_alone_and_finds_everything()
    {
        var lead = await _one.KeepAsync(Now, "crm", "mail");
        await _one.TakeOneAsync(Now);

        using var third = await OpenAsync();

        Assert.Empty((await third.TakeAsync(Now)).Deliveries);
        Assert.Equal(lead.Id, (await third.TakeOneAsync(Now, "mail")).Lead.Id);
        Assert.Equal(lead.Content.Utf8, (await third.FindRunAsync(lead.Id))!.Lead.Content.Utf8);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_takes_from_another_program_nothing_that_it_is_sending()
    {
        var sending = await _other.KeepAsync(Now, "crm");
        await _other.TakeOneAsync(Now);
        var putOff = await _other.KeepAsync(Now + TimeSpan.FromMinutes(50), "crm");

        var claim = await ClaimAsync(Now + TimeSpan.FromSeconds(1));
        Assert.Equal(putOff.Id, Assert.Single(claim.Deliveries).Lead.Id);
        Assert.Empty((await ClaimAsync(Now + TimeSpan.FromSeconds(2))).Deliveries);
        await _one.DeliveredAsync(claim.Deliveries[0], Now);

        Assert.Equal(sending.Id, Assert.Single((await ClaimAsync(Now + StoreCalls.LeaseTime)).Deliveries).Lead.Id);

        Task<Claim> ClaimAsync(DateTimeOffset now) => _one.ClaimAsync("crm", 5, [], now, now + StoreCalls.LeaseTime, due: Now + TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_lease_that_is_longer_than_any_there_is_holds_nobody_up()
    {
        var lead = await _other.KeepAsync(Now, "crm");
        await _other.TakeOneAsync(Now + TimeSpan.FromDays(400));

        var claim = await _one.ClaimAsync("crm", 5, [], Now, Now + StoreCalls.LeaseTime, due: Now + TimeSpan.FromDays(401));

        Assert.Equal(lead.Id, Assert.Single(claim.Deliveries).Lead.Id);
    }

    [Fact]
    public async Task What_one_records_late_and_the_other_has_taken_again_is_decided_once()
    {
        var lead = await _one.KeepAsync(Now, "crm");
        for (var round = 1; round <= 10; round++)
        {
            var late = await _one.TakeOneAsync(Now + (round * StoreCalls.LeaseTime * 2));
            var current = await _other.TakeOneAsync(Now + (round * StoreCalls.LeaseTime * 2) + StoreCalls.LeaseTime);

            var recorded = await Task.WhenAll(_one.RetryAsync(late, Now, Now), _other.RetryAsync(current, Now, Now));

            Assert.Equal([false, true], recorded);
        }

        Assert.Equal(20, (await _one.DeliveryAsync(lead.Id)).Attempts.Count);
    }

    private async Task<AzureLeadStore> OpenAsync() => await AzureLeadStore.OpenAsync(await azurite.PatientAccountAsync(), _table, new DueSignal());
}
