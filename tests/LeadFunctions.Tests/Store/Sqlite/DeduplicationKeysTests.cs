using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store.Sqlite;

public sealed class DeduplicationKeysTests : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);
    private static readonly DateTimeOffset Start = Posted.At;

    private readonly SqliteFile _file = new();
    private SqliteLeadStore _store;

    public DeduplicationKeysTests() => _store = _file.Open();

    public void Dispose()
    {
        _store.Dispose();
        _file.Dispose();
    }

    [Fact]
    public async Task A_lead_posted_again_after_the_window_is_the_one_that_later_posts_repeat()
    {
        await PostAsync("same", Start);
        var second = await PostAsync("same", Start + TimeSpan.FromHours(25));
        await PostAsync("other", Start + TimeSpan.FromHours(26));

        Assert.Equal(second with { IsRepeat = true }, await PostAsync("same", Start + TimeSpan.FromHours(30)));
        Assert.False((await PostAsync("same", Start + TimeSpan.FromHours(49))).IsRepeat);
    }

    [Fact]
    public async Task A_lead_whose_storing_failed_is_not_remembered()
    {
        await Assert.ThrowsAsync<SqliteFault>(() => PostAsync("same", Start, "crm", "crm"));

        var second = await PostAsync("same", Start);

        Assert.False(second.IsRepeat);
        Assert.NotNull(await _store.FindRunAsync(second.LeadId));
        Assert.Equal(second with { IsRepeat = true }, await PostAsync("same", Start));
    }

    [Fact]
    public async Task Leads_that_shared_a_commit_with_a_failing_one_are_remembered()
    {
        var together = Enumerable.Range(0, 60).Select(number => Task.Run(() => number % 10 == 0 ? PostAsync($"{number}", Start, "crm", "crm") : PostAsync($"{number}", Start))).ToArray();
        await Record.ExceptionAsync(() => Task.WhenAll(together));

        for (var number = 0; number < together.Length; number++)
        {
            Assert.Equal(number % 10 != 0, (await PostAsync($"{number}", Start)).IsRepeat);
        }
    }

    [Fact]
    public async Task A_lead_that_came_by_a_replay_is_remembered_from_the_replay_on_after_a_restart_too()
    {
        var refused = new RefusedBody(LeadId.New(Start), Sources.Marketplace, null, Start, 400, [], "{}"u8.ToArray());
        await _store.KeepRefusedAsync(refused);
        var now = Start + TimeSpan.FromDays(30);
        await _store.ReplayAsync(Posted.Lead(Samples.Documented, Start) with { Id = refused.Id }, StoreCalls.Print("same"), Window, [], "anna", now);

        _store.Dispose();
        _store = _file.Open();

        Assert.Equal(new Acceptance(refused.Id, IsRepeat: true), await PostAsync("same", now + TimeSpan.FromHours(23)));
        Assert.False((await PostAsync("same", now + TimeSpan.FromHours(25))).IsRepeat);
    }

    [Fact]
    public async Task Whatever_is_posted_failed_removed_or_restarted_a_repeat_is_what_the_window_holds()
    {
        const int Seed = 20261121;
        var chance = new Random(Seed);
        var known = new Dictionary<int, (LeadId Id, DateTimeOffset At)>();
        var now = Start;
        for (var step = 0; step < 400; step++)
        {
            var content = chance.Next(12);
            var since = now - Window;
            switch (chance.Next(20))
            {
                case 0:
                    _store.Dispose();
                    _store = _file.Open();
                    break;
                case 1:
                    await _store.RemoveFinishedAsync(now, null, 1000);
                    known = known.Where(recent => recent.Value.At >= now).ToDictionary();
                    break;
                case 2 when !known.TryGetValue(content, out var recent) || recent.At <= since:
                    await Assert.ThrowsAsync<SqliteFault>(() => PostAsync($"{content}", now, "crm", "crm"));
                    break;
                case < 8:
                    now += TimeSpan.FromHours(chance.Next(8));
                    break;
                default:
                    var expected = known.TryGetValue(content, out var earlier) && earlier.At > since ? earlier.Id : (LeadId?)null;
                    var acceptance = await PostAsync($"{content}", now);
                    Assert.True(acceptance.IsRepeat == expected is not null && (expected is null || expected == acceptance.LeadId), $"Seed {Seed}, step {step}: {acceptance}, expected a repeat of {expected}.");
                    if (!acceptance.IsRepeat)
                    {
                        known[content] = (acceptance.LeadId, now);
                    }

                    break;
            }
        }
    }

    private Task<Acceptance> PostAsync(string content, DateTimeOffset at, params IReadOnlyList<string> destinations) =>
        _store.AcceptAsync(Posted.Lead($$"""{"OfferTitle":"{{content}}"}""", at), StoreCalls.Print(content), at - Window, destinations);
}
