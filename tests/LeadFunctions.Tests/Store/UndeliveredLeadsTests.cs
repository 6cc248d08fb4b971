using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

public sealed class UndeliveredLeadsTests : IDisposable
{
    private static readonly DateTimeOffset Now = Posted.At;

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteLeadStore _old;
    private readonly SqliteLeadStore _new;

    public UndeliveredLeadsTests()
    {
        _old = SqliteLeadStore.Open(_folder.File("old.db"), new DueSignal(), TimeProvider.System);
        _new = SqliteLeadStore.Open(_folder.File("new.db"), new DueSignal(), TimeProvider.System);
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_has_not_arrived_is_taken_once_and_what_has_arrived_stays()
    {
        var half = await _old.KeepAsync(Now, "crm", "mail");
        await _old.DeliveredAsync(await _old.TakeOneAsync(Now, "mail"), Now);
        var dead = await _old.KeepAsync(Now, "erp");
        await _old.DeadLetterAsync(await _old.TakeOneAsync(Now, "erp"), Now);
        await _old.KeepAsync(Now, "note");
        await _old.DeliveredAsync(await _old.TakeOneAsync(Now, "note"), Now);

        Assert.Equal(new UndeliveredLeads(2, 2), await UndeliveredLeads.CopyAsync(_old, _new));
        Assert.Equal(new UndeliveredLeads(0, 0), await UndeliveredLeads.CopyAsync(_old, _new));

        Assert.Equal(half.Id, (await _new.TakeOneAsync(Now)).Lead.Id);
        Assert.Equal(dead.Id, (await _new.TakeOneAsync(Now, "erp")).Lead.Id);
        Assert.Empty((await _new.TakeAsync(Now, destination: "mail")).Deliveries);
        Assert.Equal(2, (await _new.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items.Count);
    }

    [Fact]
    public async Task Nothing_is_taken_while_a_newer_event_of_a_row_would_stay_behind()
    {
        var row = new LeadId(Guid.NewGuid());
        var created = Posted.Lead("""{"OfferTitle":"1"}""", Now) with { Source = "bookings", Event = "created", SharedRow = new SharedRow(row, EventOrder.FromStored(1)) };
        var cancelled = Posted.Lead("""{"OfferTitle":"2"}""", Now) with { Source = "bookings", Event = "cancelled", SharedRow = new SharedRow(row, EventOrder.FromStored(2)) };
        await _old.AcceptAsync(created, StoreCalls.Print("1"), null, ["crm"]);
        await _old.DeadLetterAsync(await _old.TakeOneAsync(Now), Now);
        await _old.AcceptAsync(cancelled, StoreCalls.Print("2"), null, ["crm"]);

        // Both go: the new store knows what is newest.
        using (var both = SqliteLeadStore.Open(_folder.File("both.db"), new DueSignal(), TimeProvider.System))
        {
            Assert.Equal(new UndeliveredLeads(2, 2), await UndeliveredLeads.CopyAsync(_old, both));
        }

        await _old.DeliveredAsync(await _old.TakeOneAsync(Now), Now);

        Assert.Equal(new UndeliveredLeads(0, 0, Left: 1), await UndeliveredLeads.CopyAsync(_old, _new));
        Assert.Null(await _new.FindRunAsync(created.Id));
    }

    [Fact]
    public async Task Nothing_is_taken_while_something_needs_an_answer_that_only_the_old_store_has()
    {
        var lead = Posted.Lead("""{"OfferTitle":"1"}""", Now);
        await _old.AcceptAsync(lead, StoreCalls.Print("1"), null, [new("zoom"), new PlannedDelivery("mail", After: "zoom")]);
        var zoom = await _old.TakeOneAsync(Now, "zoom");
        await _old.RecordAsync(zoom, new DeliveryAttempt(Now, TimeSpan.Zero, 200, "delivered", null), new DeliveryState(DeliveryStatus.Delivered, null, 0, null, "z", "{}"), null);

        var other = await _old.KeepAsync(Now, "crm");

        Assert.Equal(new UndeliveredLeads(0, 0, Left: 1), await UndeliveredLeads.CopyAsync(_old, _new));

        Assert.Null(await _new.FindRunAsync(lead.Id));
        Assert.Null(await _new.FindRunAsync(other.Id));
    }

    [Fact]
    public async Task What_waits_goes_on_waiting_unless_the_other_has_arrived()
    {
        var waiting = Posted.Lead("""{"OfferTitle":"1"}""", Now);
        var due = Posted.Lead("""{"OfferTitle":"2"}""", Now);
        await _old.AcceptAsync(waiting, StoreCalls.Print("1"), null, [new("zoom"), new PlannedDelivery("mail", After: "zoom")]);
        await _old.AcceptAsync(due, StoreCalls.Print("2"), null, [new("call"), new PlannedDelivery("mail", After: "call")]);
        await _old.DeliveredAsync(await _old.TakeOneAsync(Now, "call"), Now);

        await UndeliveredLeads.CopyAsync(_old, _new);

        Assert.Equal(due.Id, (await _new.TakeOneAsync(Now, "mail")).Lead.Id);
        await _new.DeliveredAsync(await _new.TakeOneAsync(Now, "zoom"), Now);
        Assert.Equal(waiting.Id, (await _new.TakeOneAsync(Now + TimeSpan.FromSeconds(1), "mail")).Lead.Id);
    }
}
