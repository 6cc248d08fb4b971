using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

// How long leads about an appointment stay.
public abstract partial class LeadStoreContract
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    [Theory]
    [InlineData("""{"StartTime":"2027-11-21T09:00:00Z","EndTime":"2027-11-21T10:00:00Z"}""", 365)]
    [InlineData("""{"StartTime":"2027-11-21T09:00:00Z","Duration":30}""", 365)]
    [InlineData("""{"StartTime":"2027-11-21T09:00:00Z"}""", 365)]
    [InlineData("""{"EndTime":"2027-11-21T10:00:00Z"}""", 365)]
    [InlineData("""{"StartTime":"2026-01-01T09:00:00Z"}""", 0)]
    [InlineData("""{"StartTime":"9999-12-31T09:00:00Z"}""", 0)]
    [InlineData("""{"StartTime":"next week"}""", 0)]
    [InlineData("{}", 0)]
    public async Task The_age_of_an_appointment_s_leads_counts_from_its_end(string content, int days)
    {
        var over = Now + TimeSpan.FromDays(days);
        await KeepBookedAsync("created", 1, """{"StartTime":"2027-01-01T09:00:00Z"}""");
        await KeepBookedAsync("updated", 2, content);

        await RemoveAsync(over + Kept - TimeSpan.FromDays(1));
        Assert.Equal("updated", Assert.Single(await Store.FindGroupAsync(Row, [])).Event);
        await RemoveAsync(over + Kept + TimeSpan.FromDays(1));
        Assert.Empty(await Store.FindGroupAsync(Row, []));
    }

    [Fact]
    public async Task A_creation_is_recognised_as_long_as_its_appointment_is_ahead()
    {
        var created = await KeepBookedAsync("created", 1, """{"StartTime":"2027-11-21T09:00:00Z"}""");
        await KeepBookedAsync("cancelled", 3, """{"StartTime":"2027-11-21T09:00:00Z"}""");
        await RemoveAsync(Now + TimeSpan.FromDays(300));

        var late = created with { Id = LeadId.New(Now + TimeSpan.FromDays(300)), ReceivedAt = Now + TimeSpan.FromDays(300) };

        Assert.True((await Store.AcceptAsync(late, StoreCalls.Print("created"), DateTimeOffset.UnixEpoch, ["crm"])).IsRepeat);
    }

    [Fact]
    public async Task A_lead_that_is_about_itself_alone_goes_by_its_own_age()
    {
        var lead = Posted.Lead("""{"StartTime":"2027-11-21T09:00:00Z"}""", Now);
        await Store.AcceptAsync(lead, StoreCalls.Print("a"), null, []);

        await RemoveAsync(Now + Kept + TimeSpan.FromDays(1));

        Assert.Null(await Store.FindRunAsync(lead.Id));
    }

    [Fact]
    public async Task The_newest_state_goes_last_whatever_came_first()
    {
        await KeepBookedAsync("cancelled", 3, """{"StartTime":"2026-01-01T09:00:00Z"}""");
        await KeepBookedAsync("created", 1, """{"StartTime":"2027-11-21T09:00:00Z"}""");
        var dead = await KeepBookedAsync("updated", 2, "{}", delivered: false);

        await RemoveAsync(Now + Kept + TimeSpan.FromDays(1));
        Assert.Equal("cancelled", Assert.Single(await Store.FindGroupAsync(Row, [])).Event);
        await Store.DiscardAsync(dead.Id, null, "no use", "anna", Now);
        await RemoveAsync(Now + Kept + TimeSpan.FromDays(1));

        Assert.Empty(await Store.FindGroupAsync(Row, []));
    }

    /// <summary>As it happens again and again, each hour.</summary>
    private async Task RemoveAsync(DateTimeOffset now)
    {
        await Store.RemoveFinishedAsync(now - Kept, null, 100);
        await Store.RemoveFinishedAsync(now - Kept, null, 100);
    }

    private async Task<Lead> KeepBookedAsync(string eventName, long order, string content, bool delivered = true)
    {
        var posted = Posted.Lead(content, Now) with { Source = "bookings", Event = eventName, SharedRow = new SharedRow(Row, EventOrder.FromStored(order)) };
        var lead = EventMerge.WithContent(posted, posted.Content, null);
        await Store.AcceptAsync(lead, StoreCalls.Print(eventName), Now - TimeSpan.FromDays(1), ["crm"]);
        var delivery = await Store.TakeOneAsync(Now);
        Assert.True(delivered ? await Store.DeliveredAsync(delivery, Now) : await Store.DeadLetterAsync(delivery, Now));
        return lead;
    }
}
