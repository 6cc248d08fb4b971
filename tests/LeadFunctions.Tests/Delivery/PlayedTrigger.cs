using Azure.Storage.Queues;
using LeadFunctions.Delivery;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>A real queue whose messages reach <see cref="QueueTriggeredDelivery"/> as the Functions host's trigger brings them, and a hand that meddles with them.</summary>
internal sealed class PlayedTrigger(Azurite azurite, string name) : IAsyncDisposable
{
    private readonly QueueClient _queue = SharedAzurite.Account(azurite.ConnectionString())
        .Queue(name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    private PlayedQueue? _reading;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Messages that are there, visible or not.</summary>
    public async Task<int> CountAsync() => await _queue.ExistsAsync(Stop) ? (await _queue.GetPropertiesAsync(Stop)).Value.ApproximateMessagesCount : 0;

    public Task DeleteAllAsync() => _queue.ClearMessagesAsync(Stop);

    /// <summary>From now on the function is called.</summary>
    public void Start(QueueTriggeredDelivery function) => _reading = new PlayedQueue(
        azurite.ConnectionString(),
        name,
        QueueSettings.Read(HostedProgram.BuiltApp) with { MaxPollingInterval = TimeSpan.FromMilliseconds(100) },
        async (_, text, cancel) =>
        {
            await function.DeliverAsync(text, cancel);
            return true;
        },
        line => TestContext.Current.TestOutputHelper?.WriteLine(line));

    public ValueTask DisposeAsync() => _reading?.DisposeAsync() ?? ValueTask.CompletedTask;
}
