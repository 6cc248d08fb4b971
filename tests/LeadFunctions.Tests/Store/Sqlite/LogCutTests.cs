using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Data.Sqlite;

namespace LeadFunctions.Tests.Store.Sqlite;

/// <summary>
/// What a power failure leaves of the write-ahead log: it is cut at every frame and beside it, or goes on with what never was written.
/// Whatever is left is enough to start from, and the store is as it was when the last whole commit in it had been acknowledged.
/// </summary>
public sealed class LogCutTests : IDisposable
{
    private const int LogHeader = 32;
    private const int FrameHeader = 24;
    private const int Frame = FrameHeader + 4096;

    private readonly SqliteFile _file = new();

    // By the log's length: what had been acknowledged when it was so long.
    private readonly SortedList<long, string> _acknowledged = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Whatever_is_left_of_the_log_the_store_is_as_it_was_acknowledged_until_then()
    {
        byte[] file, log;
        using (var store = _file.Open())
        {
            await WorkAsync(store);
            (file, log) = (await ReadAsync(_file.Path), await ReadAsync(_file.Path + "-wal"));
        }

        Assert.Equal(log.Length, _acknowledged.Keys[^1]);
        Assert.InRange(log.Length / Frame, 80, 400);
        // What comes first are migrations, of which there is nothing acknowledged: a few of their frames will do.
        var cuts = Enumerable.Range(0, log.Length / Frame + 1)
            .Where(frames => frames % 7 == 0 || LogHeader + (frames * Frame) >= _acknowledged.Keys[0])
            .SelectMany(frames => new[] { -1, 0, 1, FrameHeader }, (frames, beside) => LogHeader + (frames * Frame) + beside)
            .Where(length => length <= log.Length);
        await Parallel.ForEachAsync(cuts, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Stop }, async (length, _) =>
        {
            await StartAsync(file, log[..length], length);
            if (length % 7 == 0 && length > LogHeader)
            {
                // Where nothing was written yet a disk may have zeros, or what lay there before.
                await LeftWithAsync(new byte[3 * Frame]);
                await LeftWithAsync(log[LogHeader..(LogHeader + (2 * Frame))]);
            }

            // Its beginning may happen to be what was cut off.
            Task LeftWithAsync(byte[] rest) => StartAsync(file, [.. log[..length], .. rest], length + log.AsSpan(length).CommonPrefixLength(rest));
        });
    }

    private async Task WorkAsync(SqliteLeadStore store)
    {
        var now = _file.Time.GetUtcNow();
        await store.CheckAsync(now);
        await AcknowledgedAsync(store);
        for (var number = 0; number < 2; number++)
        {
            var lead = await store.KeepAsync(now, "crm", "mail");
            await AcknowledgedAsync(store);
            var claim = await store.TakeOneAsync(now);
            await AcknowledgedAsync(store);
            Assert.True(await store.DeliveredAsync(claim, now, $"row-{number}"));
            await AcknowledgedAsync(store);
            Assert.True(await store.DeadLetterAsync(await store.TakeOneAsync(now, "mail"), now));
            await AcknowledgedAsync(store);
            Assert.Equal(1, await store.ResubmitAsync(lead.Id, "mail", evenDelivered: false, "somebody", now));
            await AcknowledgedAsync(store);
            var again = await store.TakeOneAsync(now, "mail");
            await AcknowledgedAsync(store);
            Assert.True(await store.RetryAsync(again, now, now + TimeSpan.FromHours(1)));
            await AcknowledgedAsync(store);
            await store.KeepRefusedAsync(new RefusedBody(LeadId.New(now), Sources.Marketplace, null, now, 400, [], new byte[5_000]));
            await AcknowledgedAsync(store);
        }

        await store.EraseAsync("nobody@contoso.example", countOnly: false, "somebody", now);
        await store.RemoveFinishedAsync(now - TimeSpan.FromDays(1), null, 100);
        await AcknowledgedAsync(store);
    }

    private async Task AcknowledgedAsync(SqliteLeadStore store) =>
        _acknowledged[new FileInfo(_file.Path + "-wal").Length] = await StateAsync(store);

    private async Task StartAsync(byte[] file, byte[] log, long whole)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("leads.db");
        await File.WriteAllBytesAsync(path, file, Stop);
        await File.WriteAllBytesAsync(path + "-wal", log, Stop);
        using (var store = SqliteLeadStore.Open(path, new DueSignal(), _file.Time))
        {
            Assert.Equal(_acknowledged.LastOrDefault(acknowledged => acknowledged.Key <= whole).Value ?? "", await StateAsync(store));
            var lead = await store.KeepAsync(_file.Time.GetUtcNow(), "later");
            Assert.Equal(lead.Id, (await store.TakeOneAsync(_file.Time.GetUtcNow() + Interruption.AloneAfterStart, "later")).Lead.Id);
        }

        var source = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        await using var connection = new SqliteConnection(source.ToString());
        await connection.OpenAsync(Stop);
        Assert.Equal("ok", connection.Run("PRAGMA integrity_check"));
    }

    private static async Task<string> StateAsync(SqliteLeadStore store)
    {
        var runs = (await store.ListRunsAsync(new RunFilter(), null, 100, Stop)).Items;
        var refused = (await store.ListRefusedAsync(new RunFilter(), null, 100, Stop)).Items;
        return string.Join('\n', [.. runs.Select(Text), .. refused.Select(body => $"{body.Id} refused, {body.Body.Length} bytes")]);

        static string Text(Run run) =>
            $"{run.Lead.Id}: {run.Audit.Count} acts, {string.Join(", ", run.Deliveries.Select(delivery => Stands(delivery.Destination, delivery.State)))}";

        // What was under way waits again after a start.
        static string Stands(string destination, DeliveryState state) =>
            $"{destination} {(state.Status == DeliveryStatus.InFlight ? DeliveryStatus.Pending : state.Status)} {state.RemoteId}";
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Stop);
        return bytes.ToArray();
    }
}
