using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Store;

// How many mails somebody got on a day.
public abstract partial class LeadStoreContract
{
    private static readonly DateOnly Today = new(2026, 11, 21);
    private static readonly byte[] Anna = [.. Enumerable.Repeat((byte)1, 16)];
    private static readonly byte[] Ben = [.. Enumerable.Repeat((byte)2, 16)];

    [Fact]
    public async Task So_many_mails_go_to_one_recipient_on_a_day_and_no_more()
    {
        for (var mail = 0; mail < 3; mail++)
        {
            Assert.True(await CountAsync(Today, Anna));
        }

        Assert.False(await CountAsync(Today, Anna));
        Assert.True(await CountAsync(Today, Ben));
        Assert.True(await CountAsync(Today.AddDays(1), Anna));
    }

    [Fact]
    public async Task A_mail_that_is_tried_again_is_counted_once()
    {
        var lead = LeadId.New(Now);
        await CountAsync(Today, Anna);
        await CountAsync(Today, Anna);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Assert.True(await Store.CountMailAsync([Anna], Today, lead, 3));
        }

        Assert.False(await CountAsync(Today, Anna));
        Assert.True(await Store.CountMailAsync([Anna], Today, lead, 3));
    }

    [Fact]
    public async Task A_mail_to_several_is_counted_for_all_or_for_none()
    {
        for (var mail = 0; mail < 3; mail++)
        {
            await CountAsync(Today, Anna);
        }

        Assert.False(await Store.CountMailAsync([Ben, Anna], Today, LeadId.New(Now), 3));
        for (var mail = 0; mail < 3; mail++)
        {
            Assert.True(await CountAsync(Today, Ben));
        }
    }

    [Fact]
    public async Task Mails_that_are_counted_at_once_are_counted_one_by_one()
    {
        var counted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CountAsync(Today, Anna)));

        Assert.Equal(3, counted.Count(taken => taken));
    }

    [Fact]
    public async Task An_erased_persons_mails_are_forgotten()
    {
        var lead = await KeepPersonAsync("Some.Name", Address);
        Assert.True(await Store.CountMailAsync([Anna], Today, lead.Id, 1));
        Assert.False(await Store.CountMailAsync([Anna], Today, LeadId.New(Now), 1));

        await Store.EraseAsync(Address, countOnly: false, "bert", Now);

        Assert.True(await Store.CountMailAsync([Anna], Today, LeadId.New(Now), 1));
    }

    private Task<bool> CountAsync(DateOnly day, byte[] recipient) => Store.CountMailAsync([recipient], day, LeadId.New(Now), 3);
}
