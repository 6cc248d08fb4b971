using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Sends messages that wake an instance (the function <c>deliver</c>). A message names leads, and nothing more: what is due of
/// them is in the store, so that a message lost, doubled, early or late changes nothing but time. Leads that are enqueued at the same
/// moment share a message. Enqueuing never fails; without a message the sweep finds what is due.
/// </summary>
internal sealed partial class DeliveryQueueSender : IDisposable
{
    public const string Name = "lead-deliveries";

    /// <summary>In one message.</summary>
    public const int MostLeads = 32;

    private const int MostAtOnce = 4;

    /// <summary>A message can be invisible for 7 days; what is due later is found by the sweep.</summary>
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(6);

    /// <summary>
    /// What is enqueued so soon after a message is gathered for as long. A lead that comes alone waits for nothing; under load a message
    /// stands for several leads, because a queue takes 2,000 messages a second for all instances together.
    /// </summary>
    private static readonly TimeSpan UsualGathering = TimeSpan.FromMilliseconds(50);

    // Who posts a lead waits for it.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    // A queue that is away must not cost each post that time.
    private const int FailuresInARow = 3;
    private static readonly TimeSpan QuietAfterFailures = TimeSpan.FromSeconds(5);

    private readonly StorageCalls _calls;
    private readonly QueueClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _senders = new(MostAtOnce);
    private readonly Lock _lock = new();

    // By the second from which on it is visible.
    private readonly Dictionary<long, Batch> _open = [];
    private readonly TimeSpan _gathering;
    private int _failures;
    private DateTimeOffset _quietUntil;
    private long _lastSent;

    public DeliveryQueueSender(
        StorageAccount account,
        TimeProvider time,
        ILogger logger,
        string name = Name,
        TimeSpan? gathering = null)
    {
        _calls = new StorageCalls(account.Name, MostTime, MostTime);
        // The host's trigger reads base64 (host.json); what it can't decode it moves to the poison queue.
        _client = account.Queue(name, _calls.Options(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }));
        _time = time;
        _logger = logger;
        _gathering = gathering ?? UsualGathering;
        _lastSent = time.GetTimestamp() - (long)(_gathering.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>The leads that a message names; none when it names none.</summary>
    public static IReadOnlyList<LeadId> Read(string message)
    {
        var leads = new List<LeadId>();
        foreach (var part in message.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!LeadId.TryParse(part, out var id))
            {
                return [];
            }

            leads.Add(id);
        }

        return leads;
    }

    /// <param name="due">When an instance is to look; null or past: now.</param>
    public async Task<SentMessage> EnqueueAsync(LeadId lead, DateTimeOffset? due = null)
    {
        Batch? batch;
        var first = false;
        var second = due is { } at && at > _time.GetUtcNow() ? (at.ToUnixTimeMilliseconds() + 999) / 1_000 : 0;
        lock (_lock)
        {
            if (!_open.TryGetValue(second, out batch))
            {
                _open[second] = batch = new Batch();
                first = true;
            }

            batch.Leads.Add(lead);
            if (batch.Leads.Count == MostLeads)
            {
                _open.Remove(second);
            }
        }

        if (first)
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _lastSent)) < _gathering)
            {
                await Task.Delay(_gathering, _time);
            }

            await _senders.WaitAsync();
            try
            {
                Volatile.Write(ref _lastSent, _time.GetTimestamp());
                lock (_lock)
                {
                    if (_open.GetValueOrDefault(second) == batch)
                    {
                        _open.Remove(second);
                    }
                }

                batch.Sent.SetResult(await SendAsync(batch.Leads, second));
            }
            finally
            {
                // Nobody waits for ever for what failed unexpectedly.
                batch.Sent.TrySetResult(null);
                _senders.Release();
            }
        }

        return new SentMessage(this, batch, await batch.Sent.Task);
    }

    public void Dispose()
    {
        _calls.Dispose();
        _senders.Dispose();
    }

    private async Task<SendReceipt?> SendAsync(List<LeadId> leads, long second)
    {
        var now = _time.GetUtcNow();
        if (now < _quietUntil)
        {
            return null;
        }

        var wait = second == 0 ? TimeSpan.Zero : DateTimeOffset.FromUnixTimeSeconds(second) - now;
        wait = wait > Farthest ? Farthest : wait < TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds));
        var message = string.Join(' ', leads);
        try
        {
            var receipt = await _calls.RunAsync("enqueue", async (_, stop) =>
            {
                try
                {
                    return await SendAsync(message, wait, stop);
                }
                catch (RequestFailedException exception) when (exception is { Status: 404, ErrorCode: "QueueNotFound" })
                {
                    await _client.CreateAsync(cancellationToken: stop);
                    return await SendAsync(message, wait, stop);
                }
            });
            Volatile.Write(ref _failures, 0);
            return receipt;
        }
        catch (StoreUnavailableException exception)
        {
            if (Interlocked.Increment(ref _failures) >= FailuresInARow)
            {
                _quietUntil = _time.GetUtcNow() + QuietAfterFailures;
            }

            Log.NotEnqueued(_logger, leads.Count, exception.Message);
            return null;
        }
    }

    // It lives until somebody takes it: the service's default is seven days.
    private async Task<SendReceipt> SendAsync(string message, TimeSpan wait, CancellationToken stop) =>
        (await _client.SendMessageAsync(message, wait, TimeSpan.FromSeconds(-1), stop)).Value;

    private async Task DeleteAsync(SendReceipt receipt)
    {
        try
        {
            await _calls.RunAsync(
                "delete message",
                async (_, stop) => await _client.DeleteMessageAsync(receipt.MessageId, receipt.PopReceipt, stop));
        }
        catch (StoreUnavailableException)
        {
            // Then the message comes, and nothing is due.
        }
    }

    /// <summary>A message that was sent, to be deleted when nobody need look any more: by the last of the leads that share it.</summary>
    internal readonly struct SentMessage(DeliveryQueueSender queue, Batch batch, SendReceipt? receipt)
    {
        public Task DeleteAsync() =>
            receipt is not null && Interlocked.Increment(ref batch.Deleted) == batch.Leads.Count
                ? queue.DeleteAsync(receipt)
                : Task.CompletedTask;
    }

    internal sealed class Batch
    {
        public int Deleted;

        public List<LeadId> Leads { get; } = [];

        public TaskCompletionSource<SendReceipt?> Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(
            4101,
            LogLevel.Warning,
            "No message could be sent for {Leads} leads; the sweep delivers them within two minutes. {Reason}")]
        public static partial void NotEnqueued(ILogger logger, int leads, string reason);
    }
}
