using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Store;

/// <summary>
/// What every store does with deliveries whose worker was gone before it recorded a result. Each engine's tests derive from it.
/// </summary>
public abstract class InterruptionContract
{
    private static readonly DateTimeOffset Start = Infrastructure.Posted.At;

    /// <summary>Longer than a lease, and than what is interrupted again and again has to wait.</summary>
    private static readonly TimeSpan Later = StoreCalls.LeaseTime + TimeSpan.FromSeconds(20);

    private protected abstract ILeadStore Store { get; }

    [Fact]
    public async Task Interrupted_five_times_in_a_row_a_delivery_is_a_dead_letter_that_says_so_and_can_be_resubmitted()
    {
        var lead = await Store.KeepAsync(Start, "crm", "mail");
        await InterruptAsync(Start, times: 5);

        var claim = await Store.TakeAsync(Start + (5 * Later));

        Assert.Empty(claim.Deliveries);
        Assert.Equal([(lead.Id, "crm")], claim.GivenUp);
        var (crm, mail) = (await Store.DeliveryAsync(lead.Id), await Store.DeliveryAsync(lead.Id, "mail"));
        Assert.Equal((DeliveryStatus.DeadLetter, DeliveryStatus.Pending), (crm.State.Status, mail.State.Status));
        Assert.StartsWith("Interrupted 5 times in a row", crm.State.LastError, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat("interrupted", 5), crm.Attempts.Select(attempt => attempt.Outcome));
        Assert.Empty((await Store.TakeAsync(Start + (6 * Later))).GivenUp);

        await Store.ResubmitAsync(lead.Id, null, evenDelivered: false, "somebody", Start + (6 * Later));
        var again = await Store.TakeOneAsync(Start + (6 * Later));
        Assert.Equal((lead.Id, 0), (again.Lead.Id, again.Interruptions));
        Assert.True(await Store.DeliveredAsync(again, Start + (6 * Later)));
    }

    [Fact]
    public async Task A_recorded_result_ends_the_row_but_one_that_is_cut_off_by_a_stop_does_not()
    {
        var lead = await Store.KeepAsync(Start, "crm");
        var now = await InterruptAsync(Start, times: 3);
        var fourth = Assert.Single((await ClaimAsync(now)).Deliveries);
        var cutOff = new DeliveryAttempt(now, TimeSpan.Zero, null, DeliveryAttempt.Interrupted, "stopped");
        await Store.RecordAsync(fourth, cutOff, new DeliveryState(DeliveryStatus.Pending, now, 0, "stopped", null), null);
        var fifth = Assert.Single((await ClaimAsync(now)).Deliveries);
        await Store.RetryAsync(fifth, now, now);

        now = await InterruptAsync(now, times: 4);

        Assert.Equal((3, 3), (fourth.Interruptions, fifth.Interruptions));
        var last = Assert.Single((await ClaimAsync(now)).Deliveries);
        Assert.Equal((lead.Id, 4, 1), (last.Lead.Id, last.Interruptions, last.Failures));
    }

    [Fact]
    public async Task What_was_interrupted_together_is_handed_out_one_at_a_time_and_only_the_culprit_is_given_up_on()
    {
        var leads = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(number => Store.KeepAsync(Start + TimeSpan.FromSeconds(number), "crm")));
        var (now, culprit) = (Start + TimeSpan.FromSeconds(10), leads[1].Id);
        Assert.Equal(4, (await Store.TakeAsync(now)).Deliveries.Count);

        for (var deaths = 1; deaths < 5; deaths++)
        {
            now += Later;
            while ((await ClaimAsync(now)).Deliveries is [var one])
            {
                Assert.Empty((await Store.TakeAsync(now + TimeSpan.FromSeconds(10))).Deliveries);
                if (one.Lead.Id == culprit)
                {
                    break;
                }

                Assert.True(await Store.DeliveredAsync(one, now));
            }
        }

        now += Later;
        Assert.Equal([(culprit, "crm")], (await Store.TakeAsync(now)).GivenUp);
        foreach (var neighbour in leads.Where(lead => lead.Id != culprit))
        {
            var attempts = (await Store.DeliveryAsync(neighbour.Id)).Attempts;
            Assert.Equal(["interrupted", "delivered"], attempts.Select(attempt => attempt.Outcome));
        }

        Assert.Equal(DeliveryStatus.DeadLetter, (await Store.DeliveryAsync(culprit)).State.Status);
    }

    [Fact]
    public async Task What_waits_for_a_delivery_that_is_given_up_on_is_given_up_on_too()
    {
        var lead = Infrastructure.Posted.Lead("""{"OfferTitle":"waits"}""", Start);
        await Store.AcceptAsync(lead, StoreCalls.Print("waits"), null, [new PlannedDelivery("crm"), new PlannedDelivery("mail", "crm")]);
        await InterruptAsync(Start, times: 5);

        await Store.TakeAsync(Start + (5 * Later));

        Assert.Equal(DeliveryStatus.DeadLetter, (await Store.DeliveryAsync(lead.Id, "mail")).State.Status);
    }

    /// <summary>
    /// Takes one delivery again and again, and each time nothing more is heard of it; gives the time by which its last lease has ended.
    /// </summary>
    private async Task<DateTimeOffset> InterruptAsync(DateTimeOffset now, int times)
    {
        for (var time = 0; time < times; time++)
        {
            Assert.Single((await ClaimAsync(now)).Deliveries);
            now += Later;
        }

        return now;
    }

    /// <summary>What was interrupted before has to wait a little longer each time, from when that is found out.</summary>
    private async Task<Claim> ClaimAsync(DateTimeOffset now) =>
        await Store.TakeAsync(now) is { Deliveries.Count: > 0 } claim ? claim : await Store.TakeAsync(now + TimeSpan.FromSeconds(10));
}
