using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using LeadFunctions.Delivery;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>
/// Takes messages from a real queue as the Functions host's trigger does: several at once, each invisible meanwhile, removed when the function has
/// ended well. What was taken by a program that ended comes back when its time is over; a host gives it ten minutes.
/// </summary>
internal sealed class PlayedTrigger(QueueClient queue) : IAsyncDisposable
{
    private static readonly TimeSpan Invisible = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public static PlayedTrigger Of(Azurite azurite, string name) =>
        new(SharedAzurite.Account(azurite.ConnectionString()).Queue(name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }));

    /// <summary>Messages that are there, visible or not.</summary>
    public async Task<int> CountAsync() =>
        await queue.ExistsAsync(_stop.Token) ? (await queue.GetPropertiesAsync(_stop.Token)).Value.ApproximateMessagesCount : 0;

    public Task DeleteAllAsync() => queue.ClearMessagesAsync(_stop.Token);

    public Task SendAsync(string message) => queue.SendMessageAsync(message, _stop.Token);

    /// <summary>From now on the function is called.</summary>
    public void Start(QueuedDelivery function) => _running = Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await queue.CreateIfNotExistsAsync(cancellationToken: _stop.Token);
                var messages = (await queue.ReceiveMessagesAsync(16, Invisible, _stop.Token)).Value;
                foreach (var message in messages)
                {
                    _ = CallAsync(function, message);
                }

                if (messages.Length == 0)
                {
                    await Task.Delay(50, _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    });

    private async Task CallAsync(QueuedDelivery function, QueueMessage message)
    {
        await function.DeliverAsync(message.MessageText, _stop.Token);
        if (!_stop.IsCancellationRequested)
        {
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}
