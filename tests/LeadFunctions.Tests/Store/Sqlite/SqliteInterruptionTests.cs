using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Tests.Store.Sqlite;

public sealed class SqliteInterruptionTests : InterruptionContract, IDisposable
{
    private readonly SqliteFile _file = new();
    private SqliteLeadStore _store;

    public SqliteInterruptionTests() => _store = _file.Open();

    private DateTimeOffset Now => _file.Time.GetUtcNow();

    private protected override ILeadStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _file.Dispose();
    }

    [Fact]
    public async Task After_a_start_what_was_interrupted_is_tried_first_alone_and_one_destination_after_the_other()
    {
        var before = await Store.KeepAsync(Now, "crm", "mail");
        var (crm, mail) = (await Store.TakeOneAsync(Now), await Store.TakeOneAsync(Now, "mail"));
        var fresh = await Store.KeepAsync(Now, "crm", "mail");

        Reopen();

        crm = await Store.TakeOneAsync(Now);
        Assert.Equal((before.Id, 1), (crm.Lead.Id, crm.Interruptions));
        var waiting = await Store.TakeAsync(Now, destination: "mail");
        Assert.Empty(waiting.Deliveries);
        Assert.Equal(Now + TimeSpan.FromSeconds(1), waiting.NextDue);
        await Store.DeliveredAsync(crm, Now);
        Assert.Empty((await Store.TakeAsync(Now)).Deliveries);
        mail = await Store.TakeOneAsync(Now, "mail");
        Assert.Equal(before.Id, mail.Lead.Id);
        await Store.DeliveredAsync(mail, Now);
        Assert.Equal([fresh.Id, fresh.Id], [(await Store.TakeOneAsync(Now)).Lead.Id, (await Store.TakeOneAsync(Now, "mail")).Lead.Id]);
    }

    [Fact]
    public async Task What_hangs_after_a_start_holds_up_others_for_a_moment_only()
    {
        await Store.KeepAsync(Now, "crm");
        await Store.KeepAsync(Now, "crm");
        await Store.TakeAsync(Now);
        var fresh = await Store.KeepAsync(Now, "mail");
        Reopen();
        await Store.TakeOneAsync(Now);
        Assert.Empty((await Store.TakeAsync(Now, destination: "mail")).Deliveries);

        _file.Time.Advance(Interruption.AloneAfterStart);

        Assert.Equal(fresh.Id, (await Store.TakeOneAsync(Now, "mail")).Lead.Id);
        Assert.Empty((await Store.TakeAsync(Now)).Deliveries);
    }

    [Fact]
    public async Task What_is_left_of_a_destination_that_is_no_longer_there_holds_up_nobody()
    {
        await Store.KeepAsync(Now, "gone");
        await Store.TakeOneAsync(Now, "gone");
        Reopen();
        _file.Time.Advance(TimeSpan.FromHours(1));
        var lead = await Store.KeepAsync(Now, "crm");
        Reopen();

        Assert.Equal(lead.Id, (await Store.TakeOneAsync(Now)).Lead.Id);
    }

    [Fact]
    public async Task A_lead_that_was_given_up_on_at_one_destination_is_given_up_on_sooner_at_the_other()
    {
        var lead = await Store.KeepAsync(Now, "crm", "mail");
        await Store.TakeOneAsync(Now);
        await Store.TakeOneAsync(Now, "mail");
        var deaths = 0;
        while (await DieAsync("crm") || await DieAsync("mail"))
        {
            deaths++;
        }

        Assert.Equal(6, deaths);
        var statuses = (await Store.FindRunAsync(lead.Id))!.Deliveries.Select(delivery => delivery.State.Status);
        Assert.Equal([DeliveryStatus.DeadLetter, DeliveryStatus.DeadLetter], statuses);

        async Task<bool> DieAsync(string destination)
        {
            Reopen();
            _file.Time.Advance(TimeSpan.FromSeconds(10));
            return (await Store.TakeAsync(Now, destination: destination)).Deliveries.Count > 0;
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 0)]
    public void What_is_interrupted_again_waits_longer_until_it_is_given_up_on(int inARow, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Interruption.Wait(inARow));
        Assert.Equal(inARow >= Interruption.Most, Interruption.IsEnough(inARow, another: 0));
        Assert.Equal(inARow >= 3, Interruption.IsEnough(inARow, another: Interruption.Most));
    }

    private void Reopen()
    {
        _store.Dispose();
        _store = _file.Open();
    }

    [Fact]
    public void A_lead_that_is_deadly_at_two_destinations_ends_the_program_eight_times_at_most_in_whatever_order() =>
        Prop.ForAll<bool[]>(order => DeathsOfALeadDeadlyAtBoth(order) <= 8).QuickCheckThrowOnFailure();

    private static int DeathsOfALeadDeadlyAtBoth(bool[] firstIsNext)
    {
        var (first, second) = (0, 0);
        for (var deaths = 0; ; deaths++)
        {
            var (firstIsOver, secondIsOver) = (Interruption.IsEnough(first, second), Interruption.IsEnough(second, first));
            if (firstIsOver && secondIsOver)
            {
                return deaths;
            }

            if (!firstIsOver && (secondIsOver || (deaths < firstIsNext.Length ? firstIsNext[deaths] : deaths % 2 == 0)))
            {
                first++;
            }
            else
            {
                second++;
            }
        }
    }
}
