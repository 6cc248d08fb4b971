using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace LeadFunctions.FunctionsHost;

/// <summary>
/// How a host reads queues, as host.json says under <c>extensions.queues</c>; in its absence as the extension's own defaults are.
/// </summary>
internal sealed record QueueSettings(
    int BatchSize,
    int NewBatchThreshold,
    TimeSpan MaxPollingInterval,
    TimeSpan VisibilityTimeout,
    int MaxDequeueCount,
    bool IsBase64)
{
    /// <summary>
    /// How long a message is invisible that was taken. When its host is gone, it comes back only then. A host has 10 minutes, and no
    /// setting.
    /// </summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromMinutes(10);

    public static QueueSettings Read(string folder)
    {
        var file = Path.Combine(folder, "host.json");
        var queues = File.Exists(file)
            && JsonElement.Parse(File.ReadAllText(file)).TryGetProperty("extensions", out var extensions)
            && extensions.TryGetProperty("queues", out var found) ? found : default;
        var batch = Number("batchSize") ?? 16;
        return new QueueSettings(
            batch,
            Number("newBatchThreshold") ?? batch / 2,
            Time("maxPollingInterval") ?? TimeSpan.FromMinutes(1),
            Time("visibilityTimeout") ?? TimeSpan.Zero,
            Number("maxDequeueCount") ?? 5,
            Text("messageEncoding") is not "none");

        string? Text(string name) => queues.ValueKind == JsonValueKind.Object && queues.TryGetProperty(name, out var value)
            ? value.ToString()
            : null;

        int? Number(string name) => Text(name) is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;

        TimeSpan? Time(string name) => Text(name) is { } text
            ? TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : null;
    }
}

/// <summary>
/// Takes messages from a queue as the host's trigger does: a batch at once and another when few are left, each invisible meanwhile; removed
/// when its function has ended well; back after a while when it has not; in the poison queue after too many times, or at once when it can't
/// be decoded. An idle queue is asked ever less often.
/// </summary>
internal sealed class PlayedQueue : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(100);

    private readonly QueueClient _queue;
    private readonly QueueClient _poison;
    private readonly QueueSettings _settings;
    private readonly Func<QueueMessage, string, CancellationToken, Task<bool>> _function;
    private readonly Action<string> _log;
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly Task _polling;

    /// <summary>Begins at once.</summary>
    /// <param name="function">Called with a message and its text; false: it has failed.</param>
    public PlayedQueue(
        string connection,
        string name,
        QueueSettings settings,
        Func<QueueMessage, string, CancellationToken, Task<bool>> function,
        Action<string> log)
    {
        _queue = new QueueClient(connection, name);
        _poison = new QueueClient(connection, $"{name}-poison");
        (_settings, _function, _log) = (settings, function, log);
        _polling = Task.Run(PollAsync);
    }

    /// <summary>Takes no more messages; gives functions under way a time to end, and then cancels them.</summary>
    public async Task DrainAsync(TimeSpan most)
    {
        await _stop.CancelAsync();
        await _polling;
        var running = Task.WhenAll(_running.Keys);
        if (await Task.WhenAny(running, Task.Delay(most)) != running)
        {
            await _cancel.CancelAsync();
            await Task.WhenAny(running, Task.Delay(most));
        }
    }

    /// <summary>Takes no more messages, and ends when what becomes of those under way has been seen to.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _polling;
        await Task.WhenAll(_running.Keys);
    }

    /// <summary>Nothing more happens to any message.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _stop.CancelAsync();
        await _polling;
    }

    private async Task PollAsync()
    {
        var wait = ShortestPoll;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                while (_running.Count > _settings.NewBatchThreshold)
                {
                    await Task.WhenAny([.. _running.Keys, Task.Delay(Timeout.Infinite, _stop.Token)]);
                    _stop.Token.ThrowIfCancellationRequested();
                }

                // Not given up half-way: the service may have handed them out already.
                QueueMessage[] messages = await _queue.ReceiveMessagesAsync(_settings.BatchSize, _settings.LostAfter, _gone.Token);
                foreach (var message in messages)
                {
                    var call = CallAsync(message);
                    _running[call] = true;
                    _ = call.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
                }

                wait = messages.Length > 0
                    ? ShortestPoll
                    : wait * 2 < _settings.MaxPollingInterval
                    ? wait * 2
                    : _settings.MaxPollingInterval;
                if (messages.Length == 0)
                {
                    await Task.Delay(wait, _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested || _gone.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is RequestFailedException or AggregateException)
            {
                // No such queue yet, or the storage is away.
                var code = (exception as RequestFailedException)?.ErrorCode;
                _log($"The queue {_queue.Name} can't be read: {exception.GetType().Name} {code}");
                await Task.WhenAny(Task.Delay(_settings.MaxPollingInterval, _stop.Token));
            }
        }
    }

    private async Task CallAsync(QueueMessage message)
    {
        try
        {
            if (Decode(message.Body.ToString()) is not { } text)
            {
                await PoisonAsync(message);
            }
            else if (await _function(message, text, _cancel.Token))
            {
                await _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, _gone.Token);
            }
            else if (message.DequeueCount >= _settings.MaxDequeueCount)
            {
                await PoisonAsync(message);
            }
            else
            {
                await _queue.UpdateMessageAsync(
                    message.MessageId,
                    message.PopReceipt,
                    visibilityTimeout: _settings.VisibilityTimeout,
                    cancellationToken: _gone.Token);
            }
        }
        catch (Exception exception) when (exception is RequestFailedException or AggregateException or OperationCanceledException)
        {
            // It comes back when its time is over.
            _log($"The message {message.MessageId} of {_queue.Name} stays: {exception.GetType().Name}");
        }
    }

    private string? Decode(string body)
    {
        if (!_settings.IsBase64)
        {
            return body;
        }

        var bytes = new byte[body.Length];
        return Convert.TryFromBase64String(body, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private async Task PoisonAsync(QueueMessage message)
    {
        _log($"A message of {_queue.Name} is moved to {_poison.Name}.");
        await _poison.CreateIfNotExistsAsync(cancellationToken: _gone.Token);
        await _poison.SendMessageAsync(message.Body.ToString(), _gone.Token);
        await _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, _gone.Token);
    }
}
