using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

public sealed class RepeatTests
{
    private const string Lead = """{"UserDetails":{"Email":"a@contoso.com","Phone":"1"},"LeadSource":"SPZA","extra":{"One":1,"two":2}}""";

    [Theory]
    [InlineData(Lead)]
    [InlineData("""{"extra":{"two":2,"One":1},"LeadSource":"SPZA","UserDetails":{"Phone":"1","Email":"a@contoso.com"}}""")]
    [InlineData("""{ "userdetails" : { "EMAIL":"a@contoso.com",  "phone":"1"}, "LEADSOURCE":"SPZA", "Extra":{"ONE":1,"TWO":2} }""")]
    [InlineData("""{"UserDetails":{"Email":"a@contoso.com","Phone":"1","Title":null},"LeadSource":"SPZA","Description":" ","extra":{"One":1,"two":2}}""")]
    public async Task The_same_lead_again_is_not_a_second_one(string again)
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync(time: time);
        var first = await app.AcceptAsync(Lead);
        time.Advance(TimeSpan.FromHours(23));

        var second = await app.AcceptAsync(again);

        Assert.Equal(first with { Duplicate = true }, second);
        var run = await app.Store.FindRunAsync(new LeadId(first.LeadId));
        Assert.Equal([time.GetUtcNow()], run!.RepeatedAt);
        Assert.Equal(2, run.Deliveries.Count);
    }

    [Theory]
    [InlineData("""{"UserDetails":{"Email":"A@contoso.com","Phone":"1"},"LeadSource":"SPZA","extra":{"One":1,"two":2}}""")]
    [InlineData("""{"UserDetails":{"Email":"a@contoso.com","Phone":"1"},"LeadSource":"SPZA","extra":{"One":1,"two":"2"}}""")]
    [InlineData("""{"UserDetails":{"Email":"a@contoso.com","Phone":"1"},"LeadSource":"SPZA-INS|a.b","extra":{"One":1,"two":2}}""")]
    [InlineData("""{"UserDetails":{"Email":"a@contoso.com","Phone":"1"},"LeadSource":"SPZA"}""")]
    public async Task A_lead_that_says_something_else_is_another_one(string other)
    {
        await using var app = await LeadApp.StartAsync();
        var first = await app.AcceptAsync(Lead);

        var second = await app.AcceptAsync(other);

        Assert.False(second.Duplicate);
        Assert.NotEqual(first.LeadId, second.LeadId);
    }

    [Fact]
    public async Task After_the_window_it_is_a_new_lead()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync([("Intake:DuplicateWindow", "01:00:00")], time);
        var first = await app.AcceptAsync(Lead);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.True((await app.AcceptAsync(Lead)).Duplicate);

        time.Advance(TimeSpan.FromMinutes(1));
        var second = await app.AcceptAsync(Lead);

        Assert.False(second.Duplicate);
        Assert.NotEqual(first.LeadId, second.LeadId);
    }

    [Fact]
    public async Task A_window_of_zero_turns_it_off()
    {
        await using var app = await LeadApp.StartAsync([("Intake:DuplicateWindow", "00:00:00")]);

        Assert.False((await app.AcceptAsync(Lead)).Duplicate);
        Assert.False((await app.AcceptAsync(Lead)).Duplicate);
    }

    [Fact]
    public async Task Repeats_are_known_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        LeadAnswer first;
        await using (var app = await LeadApp.StartAsync(folder: folder))
        {
            first = await app.AcceptAsync(Lead);
        }

        await using var restarted = await LeadApp.StartAsync(folder: folder);

        Assert.Equal(first with { Duplicate = true }, await restarted.AcceptAsync(Lead));
    }

    [Fact]
    public async Task Of_many_posts_at_once_exactly_one_is_the_lead()
    {
        await using var app = await LeadApp.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.AcceptAsync(Lead)));

        Assert.Single(answers, answer => !answer.Duplicate);
        Assert.Single(answers.Select(answer => answer.LeadId).Distinct());
    }
}
