using System.Net;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

/// <summary>Pages in the middle of the file that are no longer what was written.</summary>
public sealed class DamagedFileTests
{
    private const int PageSize = 4096;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Damaged_at_start_it_starts_or_says_why_not_and_answers_only_what_it_can_keep()
    {
        using var folder = new TemporaryFolder();
        var leads = await FillAsync(folder);
        var whole = await File.ReadAllBytesAsync(folder.File("leads.db"), Token);
        var (started, refused) = (0, 0);
        for (var seed = 0; seed < 12; seed++)
        {
            await File.WriteAllBytesAsync(folder.File("leads.db"), Damaged(whole, seed), Token);
            File.Delete(folder.File("leads.db-wal"));
            File.Delete(folder.File("leads.db-shm"));
            LeadApp app;
            try
            {
                app = await LeadApp.StartAsync(folder: folder);
            }
            catch (StoreUnavailableException exception)
            {
                Assert.Contains(folder.File("leads.db"), exception.Message, StringComparison.Ordinal);
                Assert.Contains("SQLite", exception.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }

            started++;
            await using (app)
            {
                await AssertHonestAsync(app, leads, seed);
            }
        }

        Assert.Equal(12, started + refused);
        Assert.NotEqual(0, started);
    }

    [Fact]
    public async Task A_damaged_lead_is_given_up_and_stops_no_other()
    {
        using var folder = new TemporaryFolder();
        using var store = SqliteLeadStore.Open(folder.File("leads.db"), new DueSignal(), TimeProvider.System);
        var damaged = await store.KeepAsync(Posted.At, "crm");
        var whole = await store.KeepAsync(Posted.At, "crm");
        await store.Database.WriteAsync(session => session.Run(
            "UPDATE leads SET content = CAST(x'ff' AS TEXT) WHERE key = $key", ("$key", LeadIndex.FindKey(session, damaged.Id))));

        var claim = await store.TakeAsync(Posted.At);

        Assert.Equal(whole.Id, Assert.Single(claim.Deliveries).Lead.Id);
        Assert.Empty((await store.TakeAsync(Posted.At)).Deliveries);
        Assert.Equal(1, (await store.CheckAsync(Posted.At)).DeadLetters);
    }

    [Fact]
    public async Task Damaged_while_it_runs_it_answers_503_for_what_it_cannot_read_and_says_so_in_its_health()
    {
        using var folder = new TemporaryFolder();
        var leads = await FillAsync(folder);
        await using var app = await LeadApp.StartAsync(folder: folder);
        using (var file = new FileStream(folder.File("leads.db"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = PageSize;
            file.Write(new byte[file.Length - PageSize]);
        }

        await AssertHonestAsync(app, leads, seed: -1);
        using var run = await app.Client.GetAsync($"/api/runs/{leads[0]}", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, run.StatusCode);
        using var ready = await app.Client.GetAsync("/api/health/ready", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    [Fact]
    public async Task Damaged_in_any_byte_the_store_says_that_it_is_away_or_gives_what_it_has()
    {
        using var folder = new TemporaryFolder();
        var leads = await FillAsync(folder);
        var whole = await File.ReadAllBytesAsync(folder.File("leads.db"), Token);
        for (var seed = 100; seed < 140; seed++)
        {
            var path = folder.File($"{seed}.db");
            await File.WriteAllBytesAsync(path, Damaged(whole, seed), Token);
            try
            {
                using var store = SqliteLeadStore.Open(path, new DueSignal(), TimeProvider.System);
                foreach (var lead in leads)
                {
                    await TryAsync(() => store.FindRunAsync(new LeadId(lead)), seed);
                }

                await TryAsync(() => store.TakeAsync(DateTimeOffset.UtcNow, 1000), seed);
                await TryAsync(() => store.CheckAsync(DateTimeOffset.UtcNow), seed);
                await TryAsync(() => store.KeepAsync(DateTimeOffset.UtcNow, "crm"), seed);
            }
            catch (StoreUnavailableException)
            {
                // Said so at the start.
            }
        }
    }

    private static async Task TryAsync(Func<Task> ask, int seed)
    {
        var exception = await Record.ExceptionAsync(ask);
        Assert.True(exception is null or StoreUnavailableException, $"Seed {seed}: {exception}");
    }

    /// <summary>Posts and looks: no answer but 202, 503, and for what is gone 404; what is acknowledged can be read after a restart of the reader.</summary>
    private static async Task AssertHonestAsync(LeadApp app, IReadOnlyList<Guid> leads, int seed)
    {
        for (var post = 0; post < 10; post++)
        {
            using var response = await app.PostAsync($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""");
            var text = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable, $"Seed {seed}: {(int)response.StatusCode} {text}");
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        }

        foreach (var lead in leads.Where((_, index) => index % 20 == 0))
        {
            using var response = await app.Client.GetAsync($"/api/runs/{lead}", Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable, $"Seed {seed}: {(int)response.StatusCode} {text}");
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        }
    }

    /// <summary>A closed store with delivered, waiting and refused ones, several hundred pages long.</summary>
    private static async Task<IReadOnlyList<Guid>> FillAsync(TemporaryFolder folder)
    {
        var now = DateTimeOffset.UtcNow;
        using var store = SqliteLeadStore.Open(folder.File("leads.db"), new DueSignal(), TimeProvider.System);
        var leads = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => store.KeepAsync(now, "crm", "gone")));
        foreach (var delivery in (await store.TakeAsync(now, 100)).Deliveries)
        {
            await store.DeliveredAsync(delivery, now, "row");
        }

        return [.. leads.Select(lead => lead.Id.Value)];
    }

    /// <summary>Some pages after the first are overwritten, whole or in a few bytes.</summary>
    private static byte[] Damaged(byte[] whole, int seed)
    {
        var chance = new Random(seed);
        var damaged = whole.ToArray();
        for (var times = chance.Next(1, 6); times > 0; times--)
        {
            var page = chance.Next(1, whole.Length / PageSize) * PageSize;
            if (chance.Next(2) == 0)
            {
                chance.NextBytes(damaged.AsSpan(page, PageSize));
            }
            else
            {
                for (var bytes = chance.Next(1, 40); bytes > 0; bytes--)
                {
                    damaged[page + chance.Next(PageSize)] = (byte)chance.Next(256);
                }
            }
        }

        return damaged;
    }
}
