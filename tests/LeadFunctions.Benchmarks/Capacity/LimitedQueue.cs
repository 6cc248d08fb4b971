using System.Globalization;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using LeadFunctions.Tests.Simulation;

namespace LeadFunctions.Benchmarks.Capacity;

/// <summary>What a queue holds: messages that become visible in the order of their time.</summary>
internal sealed class LimitedQueue(SimulatedLoop loop, AccountLimits limits)
{
    private readonly SortedSet<(TimeSpan Visible, long Number)> _byTime = [];
    private readonly Dictionary<long, (TimeSpan Visible, string Text)> _messages = [];
    private long _numbers;

    public Task<long> SendAsync(SimulatedContext context, string text, TimeSpan wait) => limits.QueueAsync(context, () => 1, () =>
    {
        Show(++_numbers, text, loop.Elapsed + wait);
        return _numbers;
    });

    public Task<IReadOnlyList<(long Number, string Text)>> ReceiveAsync(SimulatedContext context, int most, TimeSpan invisible)
    {
        return limits.QueueAsync(context, () => Math.Max(1, Visible().Count()), Take);

        IEnumerable<long> Visible() => _byTime.TakeWhile(one => one.Visible <= loop.Elapsed).Take(most).Select(one => one.Number);

        IReadOnlyList<(long, string)> Take()
        {
            (long Number, string Text)[] taken = [.. Visible().Select(number => (number, _messages[number].Text))];
            foreach (var (number, text) in taken)
            {
                _byTime.Remove((_messages[number].Visible, number));
                Show(number, text, loop.Elapsed + invisible);
            }

            return taken;
        }
    }

    public Task<bool> DeleteAsync(SimulatedContext context, long number) =>
        limits.QueueAsync(context, () => 1, () => _messages.Remove(number, out var gone) && _byTime.Remove((gone.Visible, number)));

    private void Show(long number, string text, TimeSpan at)
    {
        _messages[number] = (at, text);
        _byTime.Add((at, number));
    }
}

/// <summary>An instance's client of the queue, in the place of the SDK's own.</summary>
internal sealed class LimitedQueueClient(LimitedQueue queue, SimulatedContext context) : QueueClient
{
    public override async Task<Response<SendReceipt>> SendMessageAsync(
        string messageText, TimeSpan? visibilityTimeout = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        var number = await queue.SendAsync(context, messageText, visibilityTimeout ?? TimeSpan.Zero);
        var receipt = QueuesModelFactory.SendReceipt(Text(number), default, default, Text(number), default);
        return Response.FromValue(receipt, new SimulatedAnswer(201));
    }

    public override async Task<Response> DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken = default)
    {
        await queue.DeleteAsync(context, long.Parse(messageId, CultureInfo.InvariantCulture));
        return new SimulatedAnswer(204);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
